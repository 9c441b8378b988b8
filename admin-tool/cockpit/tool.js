/*
 * The only file that starts programs. They are admin-tool and, for an Auditor, sudo before it; always a vector of
 * arguments, never a shell. An option and its value are one word, and "--" stands before names. The page decides
 * nothing by itself: whether something may be done is the tool's to say.
 */
import { _ } from "./words.js";

const cockpit = window.cockpit;
const TOOL = "/usr/sbin/admin-tool";
const DIRECTORY = "/var/lib/coder/directory";
const ENVIRONMENT = ["LC_ALL=C.UTF-8"];

/* Commands that the page has a way of its own for. */
const OWN_WAY = /admin-tool (users (create|list|show|suspend|activate|unlock|edit|edit-roles|rename|delete|require-change)|reset-password|keys|policy|audit)\b/;

/* A note without the advice to run one of them. */
export function withoutOwnWay(note) {
    const advice = note.indexOf("; ");
    return advice > 0 && OWN_WAY.test(note.slice(advice)) ? note.slice(0, advice) : note;
}

/* What the tool, or the way to it, refused. kind, field and notes are the tool's: admin-tool(8), JSON. */
export class Refusal extends Error {
    constructor({ kind, field = null, advice = null, message }, notes = []) {
        super(message);
        Object.assign(this, { kind, field, advice: OWN_WAY.test(advice || "") ? null : advice, notes });
    }
}

/*
 * Runs to the end. Never rejects: { text, problem, status }, where problem is null when all went well. told(part) is
 * called with what comes, standard error included.
 */
function run(words, input, options = {}, told = null) {
    return new Promise(resolve => {
        let text = "";
        cockpit.spawn(words, { environ: ENVIRONMENT, err: told ? "out" : "message", ...options })
                .stream(part => {
                    text += part;
                    if (told)
                        told(part);
                })
                .input(input)
                .then(() => resolve({ text, problem: null, status: 0 }),
                      reason => resolve({ text, problem: reason, status: reason.exit_status }));
    });
}

function parse(text) {
    try {
        return JSON.parse(text);
    } catch {
        return undefined;
    }
}

/* What the program said of it, for a person. */
function refusalOf({ problem }) {
    const told = (problem.message || "").trim().replace(/^admin-tool: /, "");

    if (problem.problem === "access-denied" || problem.problem === "authentication-failed")
        return new Refusal({ kind: "not-root", message: _("This requires administrative access.") });
    if (problem.problem === "not-found")
        return new Refusal({ kind: "failed", message: _("admin-tool is not installed on this host.") });
    if (problem.problem === "terminated" || problem.problem === "disconnected")
        return new Refusal({ kind: "failed", message: _("The connection was lost before the answer arrived. See the audit log for what was done.") });
    return new Refusal({ kind: "failed", message: told || String(problem) });
}

/* A change with problems afterwards ends with status 1, and its answer says so: that is no refusal. */
function answer(outcome) {
    const value = parse(outcome.text) ?? parse(outcome.text.replace(/admin-tool: .*\n/g, "")); // without what was said on the way

    if (value && value.error)
        throw new Refusal(value.error, value.notes);
    if (value === undefined || (outcome.problem && outcome.status === null))
        throw outcome.problem ? refusalOf(outcome) : new Refusal({ kind: "failed", message: _("The answer of admin-tool could not be read.") });
    return value;
}

let turn = Promise.resolve();   // an Auditor's commands go one after the other: one question for the password is enough

const outright = {
    run: (words, input, told) => run([TOOL, ...words], input, { superuser: "require" }, told),
    order: (words, names) => [...words, ...(names.length > 0 ? ["--", ...names] : [])],
};
let asRoot = outright;          // the way that who signed in may go

const noPassword = () => new Refusal({ kind: "not-root", message: _("Nothing can be shown without your password.") });

/* askPassword(wrong) gives the password of who signed in, or null. It is given to sudo at once and kept nowhere. */
function bySudo(askPassword) {
    let asked = 0;
    let declined = 0;

    async function ask(words, mine) {
        if (mine <= declined)
            throw noPassword();
        let outcome = await run(["sudo", "-n", "--", TOOL, ...words], "");
        for (let wrong = false; /^sudo: .*(password|authenticat)/m.test(outcome.problem?.message || ""); wrong = true) {
            const password = await askPassword(wrong);
            if (password === null) {
                declined = asked; // what waits for the same password does not ask again
                throw noPassword();
            }
            outcome = await run(["sudo", "-S", "-p", "", "--", TOOL, ...words], password + "\n");
        }
        return outcome;
    }
    return {
        run: words => {
            const mine = ++asked;
            turn = turn.then(() => ask(words, mine), () => ask(words, mine));
            return turn;
        },
        // sudo's rule has names right after the verb and knows no "--"; a name with a dash before it does not pass it
        order: (words, names) => {
            const options = words.findIndex(word => word.startsWith("-"));
            return options < 0 ? [...words, ...names] : [...words.slice(0, options), ...names, ...words.slice(options)];
        },
    };
}

export const useAdmin = () => { asRoot = outright };
export const useAuditor = askPassword => { asRoot = bySudo(askPassword) };

/* tool(["users", "suspend", "-y"], { names: ["olga"], input: "...", told }): the answer, or a Refusal. */
export async function tool(words, { names = [], input = "", told = null } = {}) {
    return answer(await asRoot.run(asRoot.order([...words, "--output=json"], names), input, told));
}

/* Of questions that overtake each other, only the last one's answer is told; the others get undefined. */
export function latest() {
    let newest = 0;
    return async question => {
        const mine = ++newest;
        try {
            const value = await question();
            return mine === newest ? value : undefined;
        } catch (reason) {
            if (mine === newest)
                throw reason;
            return undefined;
        }
    };
}

/* Calls back when somebody has changed an account: the directory file is replaced or written then. */
export function watch(changed) {
    const channel = cockpit.channel({ payload: "fswatch1", path: DIRECTORY });
    let timer = null;

    channel.addEventListener("message", () => {
        clearTimeout(timer);
        timer = setTimeout(changed, 300);
    });
    return () => {
        clearTimeout(timer);
        channel.close();
    };
}
