import { registry } from "@web/core/registry";
import { many2ManyBinaryField } from "@web/views/fields/many2many_binary/many2many_binary_field";

/**
 * Files as Odoo shows them in a mail being written, for the files a record owns too.
 */
export const qmsFilesField = {
    ...many2ManyBinaryField,
    supportedTypes: ["many2many", "one2many"],
};

registry.category("fields").add("qms_files", qmsFilesField);
