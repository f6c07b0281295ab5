import { expect, test } from "@odoo/hoot";
import { queryAllTexts, queryFirst } from "@odoo/hoot-dom";
import { defineMailModels } from "@mail/../tests/mail_test_helpers";
import {
    defineModels,
    fields,
    models,
    mountView,
    patchTranslations,
} from "@web/../tests/web_test_helpers";
import "@qms_public_admin/procedure/flow_field";

const STEPS = [
    { id: 1, name: "Receive", position: "Clerk", department: "One-stop", hours: 4, kind: "receive", state: "done", done_by: "Lan", done_at: "20/11/2026 08:15" },
    { id: 2, name: "Check", position: "Specialist", department: "Budget", hours: 20, kind: "process", state: "late", due_at: "20/11/2026 17:00" },
    { id: 3, name: "Return", position: "Clerk", department: "One-stop", hours: 0, kind: "return", state: "waiting", time_state: "not_counted" },
];

class Version extends models.Model {
    _name = "qms.procedure.version";

    flow = fields.Json();

    _records = [
        { id: 1, flow: STEPS },
        {
            id: 2,
            flow: Array.from({ length: 20 }, (_value, index) => ({
                id: index + 1,
                name: `Step ${index + 1}`,
                hours: 1,
                group: index < 12 ? "Case A" : "Case B",
                label: `B${index + 1}`,
            })),
        },
        { id: 3, flow: false },
    ];
}

defineMailModels();
defineModels([Version]);

const mountFlow = (resId) =>
    mountView({
        type: "form",
        resModel: "qms.procedure.version",
        resId,
        arch: `<form><field name="flow" widget="qms_flow"/></form>`,
    });

test("boxes show unit, position, hours and what is done, late and waiting", async () => {
    await mountFlow(1);
    expect(".o_qms_flow_box").toHaveCount(3);
    expect(queryAllTexts(".o_qms_flow_name")).toEqual(["Receive", "Check", "Return"]);
    expect(queryAllTexts(".o_qms_flow_unit")).toEqual(["One-stop", "Budget", "One-stop"]);
    expect(queryAllTexts(".o_qms_flow_time")).toEqual(["4 h", "20 h (2.5 d)", "not counted"]);
    expect(queryAllTexts(".o_qms_flow_status")).toEqual(["Done", "Late", "Waiting"]);
    expect(queryAllTexts(".o_qms_flow_stamp")).toEqual([
        "Lan",
        "20/11/2026 08:15",
        "Due 20/11/2026 17:00",
    ]);
    expect(".o_qms_flow_late[aria-current=step]").toHaveCount(1);
    expect(".o_qms_flow_title").toHaveCount(0);
});

test("twenty steps wrap inside the form and each group has its title", async () => {
    await mountFlow(2);
    expect(".o_qms_flow_box").toHaveCount(20);
    expect(queryAllTexts(".o_qms_flow_title")).toEqual(["Case A", "Case B"]);
    expect(queryAllTexts(".o_qms_flow_number").slice(0, 2)).toEqual(["B1", "B2"]);
    const line = queryFirst(".o_qms_flow_line");
    expect(line.scrollWidth).not.toBeGreaterThan(line.clientWidth + 1);
});

test("an empty flow says so", async () => {
    await mountFlow(3);
    expect(".o_qms_flow").toHaveText("No steps yet.");
});

test.tags("mobile");
test("on a phone the steps stand one below the other", async () => {
    await mountFlow(1);
    const boxes = [...document.querySelectorAll(".o_qms_flow_box")];
    const tops = boxes.map((box) => box.getBoundingClientRect().top);
    expect(tops[0]).toBeLessThan(tops[1]);
    expect(tops[1]).toBeLessThan(tops[2]);
});

test("words are translated", async () => {
    patchTranslations({ qms_public_admin: { Late: "Quá hạn", Done: "Xong", Waiting: "Chờ" } });
    await mountFlow(1);
    expect(queryAllTexts(".o_qms_flow_status")).toEqual(["Xong", "Quá hạn", "Chờ"]);
});
