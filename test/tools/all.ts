// The tools, in the order of the table.
import type { Tool } from './tool.ts';
import { heyApi } from './tools/hey-api.ts';
import { newman } from './tools/newman.ts';
import { oasdiff } from './tools/oasdiff.ts';
import { ogen } from './tools/ogen.ts';
import { openapiFetch } from './tools/openapi-fetch.ts';
import {
  openapiGeneratorGo,
  openapiGeneratorJava,
  openapiGeneratorPhp,
  openapiGeneratorRust,
} from './tools/openapi-generator.ts';
import { openapiPythonClient } from './tools/openapi-python-client.ts';
import { orval } from './tools/orval.ts';
import { prism } from './tools/prism.ts';
import { spectral } from './tools/spectral.ts';
import { swaggerTypescriptApi } from './tools/swagger-typescript-api.ts';

export const tools: readonly Tool[] = [
  openapiFetch,
  orval,
  heyApi,
  swaggerTypescriptApi,
  openapiPythonClient,
  ogen,
  openapiGeneratorGo,
  openapiGeneratorJava,
  openapiGeneratorPhp,
  openapiGeneratorRust,
  prism,
  newman,
  oasdiff,
  spectral,
];
