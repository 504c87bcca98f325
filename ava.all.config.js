// What CI runs: the quick tier and the slower whole-suite tests.
export default {
  files: ['build/test/**/*.test.js', '!build/test/**/*.long.test.js'],
  nodeArguments: ['--enable-source-maps'],
  timeout: '14m',
};
