/* A library without content: only whether it can be loaded counts. */
int fake_plugin_loaded(void) { return 1; }
