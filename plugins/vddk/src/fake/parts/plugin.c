/* libdiskLibPlugin.so, which VDDK opens by its path: it needs libvddkCrypto.so and has no RPATH to find it by. */
extern int fake_crypto_level(void);
int fake_plugin_level(void) { return fake_crypto_level(); }
