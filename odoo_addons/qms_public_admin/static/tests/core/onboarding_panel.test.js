import { expect, test } from "@odoo/hoot";
import { queryAllTexts } from "@odoo/hoot-dom";
import { contains, defineModels, fields, models, mountView, onRpc } from "@web/../tests/web_test_helpers";
import { defineMailModels } from "@mail/../tests/mail_test_helpers";

class Thing extends models.Model {
    name = fields.Char();
    _records = [{ id: 1, name: "One" }];
}

defineMailModels();
defineModels([Thing]);

const STEPS = ["calendar", "positions"].map((key, index) => ({
    key,
    title: key,
    text: `${key} text`,
    button: `Do ${key}`,
    action: "x.y",
    is_done: index === 0,
}));

const arch = `<list js_class="qms_onboarding_list"><field name="name"/></list>`;

test("steps stand above the list, the next one leads", async () => {
    onRpc("qms.onboarding", "get_panel", () => STEPS);
    await mountView({ type: "list", resModel: "thing", arch });
    expect(queryAllTexts(".o_qms_onboarding_step .fw-bold")).toEqual(["calendar", "positions"]);
    expect(".o_qms_onboarding_done").toHaveCount(1);
    expect(".o_qms_onboarding_step .btn-primary").toHaveText("Do positions");
    expect(".o_data_row").toHaveCount(1);
});

test("closing is told to the server and takes the steps away", async () => {
    onRpc("qms.onboarding", "get_panel", () => STEPS);
    onRpc("qms.onboarding", "close_panel", () => {
        expect.step("closed");
        return true;
    });
    await mountView({ type: "list", resModel: "thing", arch });
    await contains(".o_qms_onboarding_close").click();
    expect.verifySteps(["closed"]);
    expect(".o_qms_onboarding").toHaveCount(0);
});

test("nothing is shown when there is nothing to show", async () => {
    onRpc("qms.onboarding", "get_panel", () => false);
    await mountView({ type: "list", resModel: "thing", arch });
    expect(".o_qms_onboarding").toHaveCount(0);
});
