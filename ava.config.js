// The quick tier: everything but what is named *.all or *.long.
export default {
  files: ['build/test/**/*.test.js', '!build/test/**/*.all.test.js', '!build/test/**/*.long.test.js'],
  nodeArguments: ['--enable-source-maps'],
  timeout: '170s',
};
