import { registry } from "@web/core/registry";

registry.category("web_tour.tours").add("qms_risk_assessed_on_the_map", {
    steps: () => [
        {
            content: "One risk is not assessed yet",
            trigger: ".o_qms_heat_map button:contains(not assessed yet)",
            run: "click",
        },
        { content: "It opens", trigger: ".o_data_row .o_data_cell:contains(Survey comes late)", run: "click" },
        { content: "Assess it", trigger: "button[name='action_open_assess']", run: "click" },
        {
            content: "Likely",
            trigger: ".modal div[name='likelihood_id'] .o_radio_item:nth-child(4) input",
            run: "click",
        },
        {
            content: "Moderate",
            trigger: ".modal div[name='impact_id'] .o_radio_item:nth-child(3) input",
            run: "click",
        },
        { content: "The cell is marked", trigger: ".modal .o_qms_risk_filled:contains(12)" },
        { content: "Say why", trigger: ".modal div[name='why'] textarea", run: "edit Eleven cases" },
        { content: "Record it", trigger: ".modal button[name='action_confirm']", run: "click" },
        { content: "The state moved", trigger: ".o_arrow_button_current:contains(Assessed)" },
    ],
});

registry.category("web_tour.tours").add("qms_risk_opened_from_the_map", {
    steps: () => [
        { content: "A cell counts it", trigger: ".o_qms_heat_map .o_qms_risk_filled button", run: "click" },
        { content: "Its record opens", trigger: ".o_data_row .o_data_cell:contains(Survey comes late)" },
    ],
});

registry.category("web_tour.tours").add("qms_competence_gaps_planned", {
    steps: () => [
        { content: "A gap is seen", trigger: ".o_qms_competence_gap button:contains(0/2)" },
        { content: "Make it a need", trigger: "button:contains(Enter the gaps)", run: "click" },
        { content: "The need is there", trigger: ".o_list_view .o_group_header" },
    ],
});
