// The trace that a request belongs to (W3C Trace Context, section 3.2), so that its log lines can
// be found from the trace.

const form = /^(?!ff)[0-9a-f]{2}-([0-9a-f]{32})-([0-9a-f]{16})-[0-9a-f]{2}(?:-.*)?$/;

export interface Trace {
  readonly trace_id: string;
  /** The caller's span. */
  readonly parent_id: string;
}

/** Reads the header; null if it is absent or not valid. */
export const traceFrom = (header: string | undefined): Trace | null => {
  const [, traceId = '', parentId = ''] = form.exec(header ?? '') ?? [];
  if (/^0*$/.test(traceId) || /^0*$/.test(parentId)) return null;
  return { trace_id: traceId, parent_id: parentId };
};
