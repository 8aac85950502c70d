// The program in a few files instead of hundreds: a command starts in two thirds of the time. Its libraries stay what they are.
export default {
  input: { kanband: "dist/main.js" },
  platform: "node",
  external: (id) => !id.startsWith(".") && !id.startsWith("/"),
  // As deep as the modules are that look for the files of the package: two folders up.
  output: { dir: "dist/bin", format: "esm", chunkFileNames: "[name]-[hash].js" },
};
