// `npm run generate:samples`: for every operation a sample for curl, and for each SDK that has it, as
// an OpenAPI overlay for the docs page. The values are the contract's examples, so a sample is as correct as
// they are.
import { writeFileSync } from 'node:fs';
import { document } from './contract.ts';
import { conditional, conditions } from './samples/conditional.ts';
import { curl } from './samples/curl.ts';
import { following } from './samples/following.ts';
import { go } from './samples/go.ts';
import { java } from './samples/java.ts';
import { type SampleOperation, type SdkSample, sampleOperations, sdkSampleOf } from './samples/operation.ts';
import { python } from './samples/python.ts';
import { typescript } from './samples/typescript.ts';

const sdkSamplesOf = (call: SdkSample) => [
  { lang: 'JavaScript', label: 'TypeScript', source: typescript(call) },
  { lang: 'Python', label: 'Python', source: python(call) },
  { lang: 'Go', label: 'Go', source: go(call) },
  { lang: 'Java', label: 'Java', source: java(call) },
];

/** The sample of a language, and the one of another use where there is one. */
const withOtherUse = <Sample extends { label: string }>(sample: Sample, { id }: SampleOperation) => {
  const { label } = sample;
  const condition = conditional[label]?.[id];
  const follower = id === 'listTaskChanges' ? following[label] : undefined;
  return [
    sample,
    ...(condition === undefined
      ? []
      : [{ ...sample, label: `${label}: ${conditions[id]}`, source: condition }]),
    ...(follower === undefined
      ? []
      : [{ ...sample, label: `${label}: following changes`, source: follower }]),
  ];
};

const samplesOf = (operation: SampleOperation) => {
  const call = sdkSampleOf(operation);
  return [
    { lang: 'curl', label: 'curl', source: curl(operation) },
    ...(call ? sdkSamplesOf(call) : []),
  ].flatMap((sample) => withOtherUse(sample, operation));
};

const overlay = {
  overlay: '1.0.0',
  info: { title: `Code samples of the ${document.info.title}`, version: document.info.version },
  actions: sampleOperations().map((operation) => ({
    target: `$.paths['${operation.path}'].${operation.method.toLowerCase()}`,
    update: { 'x-codeSamples': samplesOf(operation) },
  })),
};

writeFileSync('generated/code-samples.json', `${JSON.stringify(overlay, null, 2)}\n`);
console.log(`samples of ${overlay.actions.length} operations in generated/code-samples.json`);
