"""`public` is for everybody (/v/, /verify/, /.well-known/), `api` under /api/, `desk` under /<language>/desk/."""
