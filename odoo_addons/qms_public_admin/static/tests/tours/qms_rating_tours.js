import { registry } from "@web/core/registry";

// The applicant on a phone: chooses, is asked why, sends, and is thanked.
registry.category("web_tour.tours").add("qms_citizen_rates", {
    steps: () => [
        {
            content: "the page fits the screen",
            trigger: "main.qr-card",
            run() {
                const page = document.documentElement;
                if (page.scrollWidth > page.clientWidth) {
                    console.error(`The page is wider than the screen: ${page.scrollWidth}`);
                }
            },
        },
        {
            content: "no reason is asked before a low answer",
            trigger: "form:not(:has(.qr-reason:visible)) .qr-grade-not_satisfied",
            run: "click",
        },
        {
            content: "the reason is asked for",
            trigger: ".qr-reason:visible textarea",
            run: "edit Chờ lâu",
        },
        {
            content: "send",
            trigger: ".qr-send",
            run: "click",
            expectUnloadPage: true,
        },
        {
            content: "thanks",
            trigger: "[data-status=thanks]",
        },
    ],
});

// At the counter: one tap on a good level is enough.
registry.category("web_tour.tours").add("qms_citizen_taps", {
    steps: () => [
        {
            content: "one tap",
            trigger: ".qr-shown:visible .qr-grade-satisfied",
            run: "click",
        },
        {
            content: "thanks",
            trigger: ".qr-done:visible",
        },
        {
            content: "back to rest",
            trigger: ".qr-idle:visible",
        },
    ],
});
