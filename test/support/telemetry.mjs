// What OPERATIONS.md says for OpenTelemetry, with an exporter that keeps the spans and writes them to standard error
// when the process ends, one JSON line each.
import { register } from 'node:module';
import { registerInstrumentations } from '@opentelemetry/instrumentation';
import { HttpInstrumentation } from '@opentelemetry/instrumentation-http';
import { PgInstrumentation } from '@opentelemetry/instrumentation-pg';
import { InMemorySpanExporter, NodeTracerProvider, SimpleSpanProcessor } from '@opentelemetry/sdk-trace-node';

register('@opentelemetry/instrumentation/hook.mjs', import.meta.url);
const exporter = new InMemorySpanExporter();
new NodeTracerProvider({ spanProcessors: [new SimpleSpanProcessor(exporter)] }).register();
registerInstrumentations({ instrumentations: [new HttpInstrumentation(), new PgInstrumentation()] });

process.on('exit', () => {
  for (const span of exporter.getFinishedSpans()) {
    const { traceId, spanId } = span.spanContext();
    const parentId = span.parentSpanContext?.spanId;
    console.error(
      JSON.stringify({ span: span.name, traceId, spanId, parentId, attributes: span.attributes }),
    );
  }
});
