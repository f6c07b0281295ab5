import { expect, test } from "@odoo/hoot";
import { click, queryAllTexts, queryFirst } from "@odoo/hoot-dom";
import { animationFrame, mockDate } from "@odoo/hoot-mock";
import { defineMailModels } from "@mail/../tests/mail_test_helpers";
import { getService, mountWithCleanup, onRpc } from "@web/../tests/web_test_helpers";
import { WebClient } from "@web/webclient/webclient";
import { barSpan, placeBars } from "@qms_public_admin/audit/year_board";

defineMailModels();

const BAR = { from: "2026-11-17", to: "2026-11-18", label: "Budget", model: "mgmtsystem.audit", id: 7 };

function board(year) {
    return {
        year,
        help: "Nothing yet",
        note: year === 2026 ? "Whenever it arises: law" : "",
        legend: [
            { state: "done", label: "Done" },
            { state: "late", label: "Late" },
        ],
        rows:
            year === 2026
                ? [
                      {
                          label: "Budget division",
                          group: "Finance",
                          bars: [
                              { ...BAR, state: "done" },
                              { ...BAR, id: 8, label: "Office", state: "late" },
                          ],
                      },
                  ]
                : [],
    };
}

async function openBoard() {
    mockDate("2026-11-09 08:00:00", 7);
    onRpc("res.users", "review_user_count", () => []);
    onRpc("qms.year.board", "get_board", ({ args }) => {
        expect.step(`${args[0]} ${args[1]}`);
        return board(args[1]);
    });
    await mountWithCleanup(WebClient);
    await getService("action").doAction({
        type: "ir.actions.client",
        tag: "qms_year_board",
        name: "Year",
        params: { source: "mgmtsystem.audit" },
    });
}

test("a bar lies where its days are, and is never too narrow", () => {
    expect(barSpan(2026, "2026-01-01", "2026-12-31")).toEqual({ left: 0, right: 100 });
    const day = barSpan(2026, "2026-12-31", "2026-12-31", 2);
    expect(day.right).toBe(100);
    expect(day.left).toBe(98);
    expect(barSpan(2026, "2025-12-01", "2026-01-01").left).toBe(0);
});

test("bars that overlap lie below each other", () => {
    const bars = [
        { left: 0, right: 10 },
        { left: 5, right: 8 },
        { left: 10, right: 20 },
    ];
    expect(placeBars(bars)).toBe(2);
    expect(bars.map((bar) => bar.lane)).toEqual([0, 1, 0]);
    expect(placeBars([])).toBe(1);
});

test("the year shows months, rows and bars; a click on the legend hides a state", async () => {
    await openBoard();
    expect.verifySteps(["mgmtsystem.audit 2026"]);
    expect(".o_qms_year_months .o_qms_month").toHaveCount(12);
    expect(queryAllTexts(".o_qms_year_group")).toEqual(["Finance"]);
    expect(".o_qms_bar").toHaveCount(2);
    expect(".o_qms_today").toHaveCount(1);
    expect(queryAllTexts(".o_qms_year_note")).toEqual(["Whenever it arises: law"]);
    await click(queryFirst(".o_qms_legend"));
    await animationFrame();
    expect(".o_qms_bar").toHaveCount(1);
    expect(".o_qms_bar").toHaveClass("o_qms_bar_late");
});

test("the year is turned, and an empty one says what to do", async () => {
    await openBoard();
    await click(".o_qms_year_after");
    await animationFrame();
    expect.verifySteps(["mgmtsystem.audit 2026", "mgmtsystem.audit 2027"]);
    expect(".o_qms_year").toHaveText("2027");
    expect(".o_qms_year_empty").toHaveText("Nothing yet");
    expect(".o_qms_today").toHaveCount(0);
});
