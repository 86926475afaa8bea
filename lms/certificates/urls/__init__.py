"""`public` is for everybody (/v/, /verify/, /.well-known/), `desk` stands under /<language>/desk/."""
