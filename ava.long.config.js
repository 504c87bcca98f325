// The large seeded samples.
export default {
  files: ['build/test/**/*.long.test.js'],
  nodeArguments: ['--enable-source-maps'],
  timeout: '60m',
};
