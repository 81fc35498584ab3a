// Which operations the SDKs have: not those that people, monitoring and generators use.
const forPeopleAndTools = new Set([
  'getRoot',
  'getDocs',
  'getConsole',
  'getProblemPage',
  'getMetrics',
  'getOpenApiJson',
  'getOpenApiYaml',
  'getResourceMetadata',
  'getMcpResourceMetadata',
]);

/** Whether the SDKs have a method for the operation. */
export const isInSdks = (operationId: string): boolean => !forPeopleAndTools.has(operationId);
