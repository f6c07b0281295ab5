"""Say in the user's language what a kernel of ``tools/`` found.

The kernels know nothing of Odoo: their errors carry an English ``template``
(marked for translation with ``_lt``) and the ``params`` for its placeholders.
"""


def kernel_text(env, error, **params):
    """Translate the error of a kernel.

    :param error: object with ``template`` and ``params``, such as ``TabularError``
    :param params: values that replace those of the error, e.g. labels for keys
    """
    values = {**error.params, **params}
    return env._(error.template, **values) if values else env._(error.template)
