from odoo.tests import HttpCase, JsonRpcException
from odoo.tools import mute_logger


class RpcCase(HttpCase):
    """What a login alone can send: calls of methods, with contexts that pretend."""

    #: Contexts that a client sends in the hope that the server believes them.
    FORGED = ({"_qms_lifecycle": True}, {"_qms_lifecycle": "<object object>"})

    def _rpc(self, user, model, method, *args, **kwargs):
        """Call as ``user``, in one session as long as the user stays the same."""
        session = getattr(self, "session", None)
        if not session or session.uid != user.id:
            self.authenticate(user.login, user.login)
        return self.make_jsonrpc_request(
            f"/web/dataset/call_kw/{model}/{method}",
            {"model": model, "method": method, "args": list(args), "kwargs": kwargs},
        )

    def _call(self, user, model, method, *args, context=None):
        return self._rpc(user, model, method, *args, context=context or {})

    @mute_logger("odoo.http", "odoo.sql_db")
    def _refused(self, user, model, method, *args, contexts=None):
        for context in contexts or ({}, *self.FORGED):
            with (
                self.subTest(user=user.login, call=(model, method, args), context=context),
                self.assertRaises(JsonRpcException),
            ):
                self._call(user, model, method, *args, context=context)
