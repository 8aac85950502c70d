import ts from "typescript";

/** One thing in one source file that breaks the house style, as `path:line: what`. */
type Complaint = string;

type Source = { path: string; text: string; tree: ts.SourceFile };

type Rule = (source: Source) => { node: ts.Node | number; what: string }[];

/** Everything in a file of src/ that breaks a rule of the house. `path` is relative to the repository. */
export function complaintsOf(path: string, text: string): Complaint[] {
  const tree = ts.createSourceFile(path, text, ts.ScriptTarget.ES2023, true);
  const source = { path, text, tree };
  return RULES.flatMap((rule) => rule(source)).map(({ node, what }) => `${path}:${lineOf(tree, node)}: ${what}`);
}

const LINE_LIMIT = 300;

// Words that name a pattern instead of a thing; such a file collects what has no home.
const PATTERN_NAMES = /(^|-)(managers?|services?|helpers?|utils?|handlers?|commons?|misc|stuff)(-|\.|$)/;

const UNFINISHED = new RegExp(`\\b(${["TO" + "DO", "FIX" + "ME", "X" + "XX", "HA" + "CK"].join("|")})\\b`);

// A path of somebody's own machine has no place in the project.
const MACHINE_PATH = /["'`\s(](\/(home|Users|root|work)\/[a-z])/;

const RULES: readonly Rule[] = [
  fileLength,
  fileName,
  moduleLevelLet,
  topLevelArrow,
  publicFirst,
  docstrings,
  workingDirectory,
  purity,
  unfinished,
  machinePaths,
  closedSets,
];

function fileLength({ text }: Source) {
  const lines = text.split("\n").length - 1;
  return lines > LINE_LIMIT ? [{ node: LINE_LIMIT + 1, what: `${lines} lines, the limit is ${LINE_LIMIT}` }] : [];
}

function fileName({ path }: Source) {
  const name = path.slice(path.lastIndexOf("/") + 1);
  if (PATTERN_NAMES.test(name)) return [{ node: 1, what: "a file is named for the thing in it, not for a pattern" }];
  if (!/^[a-z0-9]+(-[a-z0-9]+)*\.(ts|sh)$/.test(name)) return [{ node: 1, what: "file names are kebab-case" }];
  return [];
}

function moduleLevelLet({ tree }: Source) {
  return tree.statements
    .filter(ts.isVariableStatement)
    .filter((it) => (it.declarationList.flags & ts.NodeFlags.Const) === 0)
    .map((node) => ({ node, what: "no module-level let: pass it in" }));
}

function topLevelArrow({ tree }: Source) {
  return (
    tree.statements
      .filter(ts.isVariableStatement)
      .flatMap((it) => [...it.declarationList.declarations])
      // One that has a type of its own is a value of that type: a watcher, a parser, an adapter.
      .filter(
        ({ initializer, type }) => type === undefined && initializer !== undefined && isFunctionValue(initializer),
      )
      .map((node) => ({ node, what: "functions of a module are declarations" }))
  );
}

function isFunctionValue(node: ts.Node): boolean {
  return ts.isArrowFunction(node) || ts.isFunctionExpression(node);
}

function publicFirst({ tree }: Source) {
  const functions = tree.statements.filter(ts.isFunctionDeclaration);
  const firstPublic = functions.findIndex(isExported);
  return functions
    .slice(0, Math.max(firstPublic, 0))
    .map((node) => ({ node, what: "the public function comes first" }));
}

function docstrings({ tree }: Source) {
  const seen = new Set<string>();
  return tree.statements
    .filter(ts.isFunctionDeclaration)
    .filter(isExported)
    .filter((node) => {
      // Overloads share the docstring of the first.
      const name = node.name?.text ?? "";
      const isRepeated = seen.has(name);
      seen.add(name);
      return !isRepeated && ts.getJSDocCommentsAndTags(node).length === 0 && !makesDocumentedType(node, tree);
    })
    .map((node) => ({ node, what: `exported function ${node.name?.text ?? ""} has no docstring` }));
}

// `createPulse` of a type `Pulse` that says in the same file what it is would only repeat that.
function makesDocumentedType({ name, type }: ts.FunctionDeclaration, tree: ts.SourceFile): boolean {
  if (type === undefined || name?.text !== `create${type.getText()}`) return false;
  const made = tree.statements.filter(ts.isTypeAliasDeclaration).find((it) => it.name.text === type.getText());
  return made !== undefined && ts.getJSDocCommentsAndTags(made).length > 0;
}

function isExported(node: ts.FunctionDeclaration): boolean {
  return node.modifiers?.some((it) => it.kind === ts.SyntaxKind.ExportKeyword) ?? false;
}

function workingDirectory({ path, tree }: Source) {
  if (path === "src/main.ts" || path === "src/acp-client/main.ts") return [];
  return find(tree, (node) => isProperty(node, "process", "cwd")).map((node) => ({
    node,
    what: "process.cwd() is read once, in the main.ts of a program",
  }));
}

function purity({ path, tree }: Source) {
  const room = /^src\/(board|decide)\//.exec(path)?.[1];
  if (room === undefined) return [];
  const globals = find(tree, (node) => {
    if (!ts.isIdentifier(node) || isName(node)) return false;
    if (node.text === "process") return true;
    return node.text === "Date" && path !== "src/board/instant.ts";
  }).map((node) => ({ node, what: `${room} is pure: no ${node.getText()}` }));
  return [...globals, ...find(tree, readsClock).map((node) => ({ node, what: `${room} has no clock` }))];
}

// A property or a key of that name is not the global.
function isName(node: ts.Identifier): boolean {
  const parent = node.parent;
  if (ts.isPropertyAccessExpression(parent)) return parent.name === node;
  if (ts.isPropertyAssignment(parent) || ts.isPropertySignature(parent)) return parent.name === node;
  return false;
}

function readsClock(node: ts.Node): boolean {
  if (isProperty(node, "Date", "now") || isProperty(node, "performance", "now")) return true;
  return ts.isNewExpression(node) && node.expression.getText() === "Date" && (node.arguments?.length ?? 0) === 0;
}

function unfinished({ text }: Source) {
  return text
    .split("\n")
    .flatMap((line, index) =>
      UNFINISHED.test(line) ? [{ node: index + 1, what: "finish it, or open an issue" }] : [],
    );
}

function machinePaths({ text }: Source) {
  return text
    .split("\n")
    .flatMap((line, index) => (MACHINE_PATH.test(line) ? [{ node: index + 1, what: "a path of one machine" }] : []));
}

function closedSets({ tree }: Source) {
  return find(tree, (node) => ts.isEnumDeclaration(node) || ts.isModuleDeclaration(node)).map((node) => ({
    node,
    what: "closed sets are unions; modules are files",
  }));
}

function isProperty(node: ts.Node, object: string, property: string): boolean {
  return ts.isPropertyAccessExpression(node) && node.expression.getText() === object && node.name.text === property;
}

function find(root: ts.Node, matches: (node: ts.Node) => boolean): ts.Node[] {
  const found: ts.Node[] = [];
  function visit(node: ts.Node): void {
    if (matches(node)) found.push(node);
    ts.forEachChild(node, visit);
  }
  visit(root);
  return found;
}

function lineOf(tree: ts.SourceFile, node: ts.Node | number): number {
  return typeof node === "number" ? node : tree.getLineAndCharacterOfPosition(node.getStart(tree)).line + 1;
}
