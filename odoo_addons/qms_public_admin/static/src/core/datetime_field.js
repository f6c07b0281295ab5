import { formatDateTime } from "@web/core/l10n/dates";
import { localization } from "@web/core/l10n/localization";
import { registry } from "@web/core/registry";
import { DateTimeField, dateTimeField } from "@web/views/fields/datetime/datetime_field";

/**
 * A moment in figures, to the minute: 21/11/2026 08:05.
 *
 * The web client writes seconds as soon as a moment stands in figures, whatever the
 * option `show_seconds` says. Stamps are kept to the second; agencies read minutes.
 */
export class QmsDateTimeField extends DateTimeField {
    getFormattedValue(valueIndex, numeric = this.props.numeric) {
        const value = this.values[valueIndex];
        if (!value || !numeric || !this.props.showTime || this.props.showSeconds) {
            return super.getFormattedValue(valueIndex, numeric);
        }
        return formatDateTime(value, { format: `${localization.dateFormat} HH:mm` });
    }
}

export const qmsDateTimeField = {
    ...dateTimeField,
    component: QmsDateTimeField,
    extractProps: (fieldInfo, dynamicInfo) =>
        dateTimeField.extractProps(
            { ...fieldInfo, options: { numeric: true, ...fieldInfo.options } },
            dynamicInfo
        ),
    listViewWidth: () => [120, 140],
};

registry.category("fields").add("qms_datetime", qmsDateTimeField);
