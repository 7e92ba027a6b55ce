// A CQL engine on FHIR: cql-execution, with @cqframework/cql as translator and cql-exec-fhir as source of data.
// node cql_execution.mjs NODE_MODULES NELMAS.CQL FOLDER_OF_NDJSON OUTPUT.NDJSON
// Writes one line a person, {"person": ..., "I1": true, ...}; prints seconds as JSON: translate, read, run; processor: of read and run.
import { createRequire } from "node:module";
import { createReadStream, createWriteStream, readFileSync, readdirSync } from "node:fs";
import { createInterface } from "node:readline";
import { join, resolve } from "node:path";
import { pathToFileURL } from "node:url";

const [modules, cqlFile, folder, output] = process.argv.slice(2);
const require = createRequire(join(resolve(modules), "any.js"));
const at = (file) => pathToFileURL(join(resolve(modules), "@cqframework/cql", file)).href;
const { SystemModelInfoProvider } = await import(at("cql.mjs"));
const { CqlTranslator, LibraryManager, ModelManager, createModelInfoProvider, createUcumService, stringAsSource } = await import(
  at("cql-to-elm.mjs")
);
const cql = require("cql-execution");
const cqlfhir = require("cql-exec-fhir");

function translated(text) {
  const modelManager = new ModelManager();
  const xml = readFileSync(join(modules, "cql-exec-fhir/lib/modelInfos/fhir-modelinfo-4.0.1.xml"), "utf8");
  modelManager.modelInfoLoader.registerModelInfoProvider(new SystemModelInfoProvider());
  modelManager.modelInfoLoader.registerModelInfoProvider(
    createModelInfoProvider((id) => (id === "FHIR" ? stringAsSource(xml) : null)),
  );
  // Our text has no units but days, weeks and years, which need no conversion.
  const refuse = () => { throw new Error("no units are converted here"); };
  const units = createUcumService(refuse, () => null, refuse, refuse);
  const translator = CqlTranslator.fromText(text, new LibraryManager(modelManager, undefined, undefined, units));
  const elm = JSON.parse(translator.toJson());
  const errors = (elm.library.annotation ?? []).filter((each) => each.errorSeverity === "error");
  if (errors.length) {
    throw new Error(errors.map((each) => `line ${each.startLine}: ${each.message}`).join("\n"));
  }
  return elm;
}

// Each person's resources together, as the engine wants them.
async function bundles() {
  const people = new Map();
  for (const name of readdirSync(folder).filter((each) => each.endsWith(".ndjson")).sort()) {
    for await (const line of createInterface({ input: createReadStream(join(folder, name)) })) {
      const resource = JSON.parse(line);
      const person = resource.resourceType === "Patient" ? resource.id : (resource.subject ?? resource.patient).reference.slice(8);
      if (!people.has(person)) people.set(person, []);
      people.get(person).push({ resource });
    }
  }
  return people;
}

const seconds = {};
async function timed(name, work) {
  const start = performance.now();
  const result = await work();
  seconds[name] = (performance.now() - start) / 1000;
  return result;
}

const elm = await timed("translate", () => translated(readFileSync(cqlFile, "utf8")));
const before = process.cpuUsage();
const people = await timed("read", bundles);
await timed("run", async () => {
  const executor = new cql.Executor(new cql.Library(elm));
  const out = createWriteStream(output);
  const source = cqlfhir.PatientSource.FHIRv401(); // one for all: it reads its model anew each time
  for (const [person, entry] of people) {
    source.loadBundles([{ resourceType: "Bundle", type: "collection", entry }]);
    const result = (await executor.exec(source)).patientResults[person];
    const truths = Object.fromEntries(Object.entries(result).filter(([name]) => /^[IE]\d+$/.test(name)));
    out.write(JSON.stringify({ person, ...truths }) + "\n");
    source.reset();
  }
  await new Promise((done) => out.end(done));
});
const used = process.cpuUsage(before);
seconds.processor = (used.user + used.system) / 1e6;
console.log(JSON.stringify(seconds));
