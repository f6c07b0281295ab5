import { registry } from "@web/core/registry";
import { stepUtils } from "@web_tour/tour_utils";

// The main job, one tour a role: publish, receive, handle, sign, return.

function openApp() {
    return [
        stepUtils.showAppsMenuItem(),
        {
            content: "Open the Quality app",
            trigger: '.o_app[data-menu-xmlid="qms_public_admin.menu_qms_root"]',
            run: "click",
        },
    ];
}

function openMenu(parent, child) {
    return [
        {
            content: `Open the menu ${parent}`,
            trigger: `[data-menu-xmlid="qms_public_admin.${parent}"]`,
            run: "click",
        },
        {
            content: `Open ${child}`,
            trigger: `[data-menu-xmlid="qms_public_admin.${child}"]`,
            run: "click",
        },
    ];
}

registry.category("web_tour.tours").add("qms_officer_publishes", {
    steps: () => [
        {
            content: "The check tells that the version is ready",
            trigger: ".o_form_view .o_form_statusbar button[name=action_publish]",
            run: "click",
        },
        {
            content: "Confirm when asked",
            trigger: ".modal .modal-footer .btn-primary",
            run: "click",
        },
        {
            content: "The version is published",
            trigger: ".o_arrow_button_current[data-value=published]",
        },
    ],
});

registry.category("web_tour.tours").add("qms_clerk_receives", {
    steps: () => [
        ...openApp(),
        ...openMenu("menu_qms_dossiers", "menu_qms_dossier_to_receive"),
        {
            content: "Receive a dossier",
            trigger: ".o_control_panel button:contains(Receive a dossier)",
            run: "click",
        },
        {
            content: "Choose the procedure by its code",
            trigger: ".o_field_widget[name=procedure_id] input",
            run: "edit 9.000077",
        },
        {
            content: "Take the procedure found",
            trigger: ".o-autocomplete--dropdown-item:contains(9.000077)",
            run: "click",
        },
        {
            content: "The papers of the published list appear",
            trigger: ".o_qms_paper_ticks tr:contains(Application)",
        },
        {
            content: "Required papers are missing so far",
            trigger: ".alert:contains(Required papers are missing)",
        },
        {
            content: "They are all there",
            trigger: ".o_qms_paper_ticks thead input",
            run: "click",
        },
        {
            content: "Enter the holder",
            trigger: ".o_field_widget[name=holder_name] input",
            run: "edit Nguyễn Văn Tour",
        },
        {
            content: "Accept",
            trigger: ".o_form_statusbar button[name=action_accept_and_print]:contains(Accept and print)",
            run: "click",
        },
        {
            content: "The dossier is accepted and has its code",
            trigger: ".o_arrow_button_current[data-value=accepted]",
        },
        {
            content: "The due date is shown",
            trigger: ".o_field_widget[name=due_at]:contains(/)",
        },
        {
            content: "Hand over",
            trigger: ".o_form_statusbar button[name=action_complete_step]",
            run: "click",
        },
        {
            content: "It is with the specialist now",
            trigger: ".o_arrow_button_current[data-value=processing]",
        },
    ],
});

function completeFromMyWork(after) {
    return [
        ...openApp(),
        ...openMenu("menu_qms_my_work", "menu_qms_dossier_step_my_work"),
        {
            content: "Complete the step in one click",
            trigger: ".o_data_row:contains(Nguyễn Văn Tour) button[name=action_complete]",
            run: "click",
        },
        {
            content: after,
            trigger: ".o_list_view:not(:has(.o_data_row:contains(Nguyễn Văn Tour)))",
        },
    ];
}

registry.category("web_tour.tours").add("qms_specialist_completes", {
    steps: () => completeFromMyWork("The step left my work"),
});

registry.category("web_tour.tours").add("qms_head_signs", {
    steps: () => completeFromMyWork("The dossier is done"),
});

registry.category("web_tour.tours").add("qms_clerk_returns", {
    steps: () => [
        ...openApp(),
        ...openMenu("menu_qms_dossiers", "menu_qms_dossier_to_return"),
        {
            content: "Open the dossier",
            trigger: ".o_data_row:contains(Nguyễn Văn Tour) .o_data_cell[name=holder_name]",
            run: "click",
        },
        {
            content: "Return the result",
            trigger: ".o_form_statusbar button[name=action_return_result]",
            run: "click",
        },
        {
            content: "The result is returned",
            trigger: ".o_arrow_button_current[data-value=returned]",
        },
        {
            content: "Every hand-over is in the log",
            trigger: ".nav-link[name=handovers]",
            run: "click",
        },
        {
            content: "The specialist's stamp is there",
            trigger: ".o_field_widget[name=step_ids] .o_data_row:contains(Examine)",
        },
    ],
});
