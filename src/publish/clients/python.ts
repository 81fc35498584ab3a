// The Python SDK.
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { sdkBundle } from '../sdk-bundle.ts';
import { generateWithRedocly } from './redocly.ts';

export const python = (directory: string): void => {
  generateWithRedocly('python', join(directory, 'tasks_api.ts'));
  writeFileSync(
    join(directory, 'pyproject.toml'),
    `[build-system]
requires = ["setuptools>=61"]
build-backend = "setuptools.build_meta"

[project]
name = "tasks-api"
version = "${sdkBundle().info.version}"
description = "Client of the Tasks API, generated from its contract"
license = { text = "MIT" }
requires-python = ">=3.9"
dependencies = ["httpx>=0.24"]

[tool.setuptools]
py-modules = ["tasks_api"]
`,
  );
};
