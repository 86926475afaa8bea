"""`public` is for everybody (/v/, /verify/, /.well-known/), `api` under /api/, `desk` and `webhooks` under
/<language>/desk/.
"""
