import { afterEach, expect, test } from "@odoo/hoot";
import { click, edit, queryAllTexts, queryFirst } from "@odoo/hoot-dom";
import { advanceTime, animationFrame } from "@odoo/hoot-mock";
import { defineMailModels } from "@mail/../tests/mail_test_helpers";
import {
    getService,
    makeServerError,
    mountWithCleanup,
    onRpc,
    patchWithCleanup,
} from "@web/../tests/web_test_helpers";
import { browser } from "@web/core/browser/browser";
import { ConnectionLostError, rpc } from "@web/core/network/rpc";
import { WebClient } from "@web/webclient/webclient";

defineMailModels();

const KEY = "qms_audit_answers_7";
const LINE = {
    section: "8. Doing the work",
    point: "",
    purpose: "internal",
    look_at: "Sampled dossiers",
    source: "dossier",
    clauses: "8.5.1",
    unit: "",
    answer: "",
    note: "",
    confidential: false,
    complete: false,
    version: 0,
    by: "",
    files: [],
    evidence: [],
};
const LINES = [
    { ...LINE, id: 1, name: "Are the steps followed?" },
    { ...LINE, id: 2, name: "Is the result signed?" },
];
const BOARD = {
    audit: { id: 7, name: "Audit", state: "Under way", can_answer: true, why: "", purposes: ["internal"] },
    lines: LINES,
    samples: [],
    answers: [
        ["conforming", "Conforming"],
        ["minor", "Minor nonconformity"],
    ],
    sources: [["dossier", "Look at sampled dossiers"]],
    evidence_models: [],
};

afterEach(() => browser.localStorage.removeItem(KEY));

async function mountChecklist(board = BOARD) {
    onRpc("mgmtsystem.audit", "qms_checklist_board", () => JSON.parse(JSON.stringify(board)));
    onRpc("res.users", "review_user_count", () => []);
    await mountWithCleanup(WebClient);
    await getService("action").doAction({
        type: "ir.actions.client",
        tag: "qms_audit_checklist",
        name: "Questions",
        context: { active_id: 7 },
    });
}

function answersKept(save) {
    onRpc("mgmtsystem.verification.line", "qms_save_answer", ({ args }) => save(...args));
}

function kept(id, vals, version = 1) {
    const row = LINES.find((line) => line.id === id);
    return {
        ...row,
        answer: vals.qms_answer || row.answer,
        note: vals.comments || row.note,
        version,
        by: "Me",
    };
}

test("an answer is sent as it is touched, and asks for its note", async () => {
    answersKept(([id], vals, seen) => {
        expect.step(`${id} ${JSON.stringify(vals)} ${seen}`);
        return kept(id, vals);
    });
    await mountChecklist();
    await click(".o_qms_answer_minor");
    await animationFrame();
    expect.verifySteps(['1 {"qms_answer":"minor"} 0']);
    expect(".o_qms_answer_minor").toHaveClass("active");
    expect(".o_qms_checklist_note").toHaveClass("o_qms_missing");
    expect(".o_qms_checklist_count").toHaveText("0 / 2");
    expect(browser.localStorage.getItem(KEY)).toBe(null);
});

test("what is typed goes out after a pause", async () => {
    answersKept(([id], vals) => {
        expect.step(JSON.stringify(vals));
        return kept(id, { qms_answer: "minor", ...vals }, 2);
    });
    await mountChecklist({ ...BOARD, lines: [{ ...LINES[0], answer: "minor", version: 1 }] });
    await click(".o_qms_checklist_note");
    await edit("Two of five", { confirm: false });
    await animationFrame();
    expect.verifySteps([]);
    await advanceTime(1000);
    await animationFrame();
    expect.verifySteps(['{"comments":"Two of five"}']);
    expect(".o_qms_checklist_count").toHaveText("1 / 1");
});

test("without a connection answers stay on the tablet and go out later", async () => {
    let isLost = true;
    const send = rpc._rpc;
    patchWithCleanup(rpc, {
        _rpc(url, ...args) {
            const isAnswer = url.includes("qms_save_answer");
            return isLost && isAnswer
                ? Promise.reject(new ConnectionLostError(url))
                : send(url, ...args);
        },
    });
    answersKept(([id], vals) => {
        expect.step(JSON.stringify(vals));
        return kept(id, vals);
    });
    await mountChecklist();
    await click(".o_qms_answer_conforming");
    await animationFrame();
    expect(".alert-warning").toHaveCount(1);
    expect(JSON.parse(browser.localStorage.getItem(KEY))).toEqual({
        1: { qms_answer: "conforming" },
    });
    isLost = false;
    await advanceTime(6000);
    await animationFrame();
    expect.verifySteps(['{"qms_answer":"conforming"}']);
    expect(".alert-warning").toHaveCount(0);
    expect(browser.localStorage.getItem(KEY)).toBe(null);
});

test("what was kept on the tablet is there when the screen is opened again", async () => {
    browser.localStorage.setItem(KEY, JSON.stringify({ 1: { comments: "Typed before" } }));
    answersKept(([id], vals) => {
        expect.step(JSON.stringify(vals));
        return kept(id, vals);
    });
    await mountChecklist();
    await animationFrame();
    expect(".o_qms_checklist_note").toHaveValue("Typed before");
    expect.verifySteps(['{"comments":"Typed before"}']);
});

test("what the server refuses stays on the screen with its words", async () => {
    answersKept(() => {
        throw makeServerError({ message: "The report waits for approval." });
    });
    await mountChecklist();
    await click(".o_qms_answer_minor");
    await animationFrame();
    expect(".alert-danger").toHaveText(/The report waits for approval/);
    expect(".o_qms_answer_minor").toHaveClass("active");
});

test("an answer of a colleague is shown, not written over", async () => {
    let calls = 0;
    answersKept(([id], vals, seen) => {
        calls++;
        if (calls === 1) {
            return { conflict: { ...kept(id, { qms_answer: "conforming" }, 3), by: "Colleague" } };
        }
        expect.step(`${JSON.stringify(vals)} ${seen}`);
        return kept(id, vals, 4);
    });
    await mountChecklist();
    await click(".o_qms_answer_minor");
    await animationFrame();
    expect(".alert-warning").toHaveText(/Colleague/);
    await click(".alert-warning button:contains(Keep mine)");
    await animationFrame();
    expect.verifySteps(['{"qms_answer":"minor"} 3']);
    expect(".alert-warning").toHaveCount(0);
});

test("questions one by one and as a list", async () => {
    await mountChecklist();
    expect(".o_qms_checklist_name").toHaveText("Are the steps followed?");
    await click(".o_qms_checklist_next");
    await animationFrame();
    expect(".o_qms_checklist_name").toHaveText("Is the result signed?");
    expect(".o_qms_checklist_next").toHaveProperty("disabled", true);
    await click(".o_qms_checklist_to_list");
    await animationFrame();
    expect(queryAllTexts(".o_qms_checklist_row")).toEqual([
        "Are the steps followed?",
        "Is the result signed?",
    ]);
    await click(queryFirst(".o_qms_checklist_row"));
    await animationFrame();
    expect(".o_qms_checklist_name").toHaveText("Are the steps followed?");
});

test("who does not audit reads the answers", async () => {
    const audit = { ...BOARD.audit, can_answer: false, why: "The auditors answer." };
    await mountChecklist({ ...BOARD, audit });
    expect(".alert-info").toHaveText("The auditors answer.");
    expect(".o_qms_answer_minor").toHaveProperty("disabled", true);
    expect(".o_qms_checklist_note").toHaveProperty("readOnly", true);
    expect(".o_qms_checklist_file").toHaveCount(0);
});
