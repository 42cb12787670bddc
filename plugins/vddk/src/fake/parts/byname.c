/* A library without content: only whether it can be loaded counts. */
int fake_by_name_loaded(void) { return 1; }
