package org.nbdcore.plugin.vddk;

import java.io.IOException;
import java.util.Arrays;
import org.nbdcore.spi.Log;
import org.nbdcore.vsphere.VsphereOptions;

/** Logs the plugin's own client in to the vSphere API. */
final class VsphereLogin {

  private VsphereLogin() {}

  static VsphereOptions options(VddkConfig config, Log log) throws IOException {
    RemoteLogin login = config.login().orElseThrow();
    String thumbprint =
        login
            .thumbprint()
            .orElseThrow(
                () -> new IOException("thumbprint= is missing (see THUMBPRINTS in docs/vddk.md)"));
    VsphereOptions options =
        VsphereOptions.of(login.server()).withPort(login.apiPort()).withThumbprint(thumbprint);
    if (config.debug().nfc()) {
      options = options.withTrace(line -> log.debug("api: " + line));
    }
    if (login.cookie().isPresent()) {
      return options.withSession(login.cookie().get().reveal());
    }
    char[] password = login.password().chars();
    try {
      return options.withLogin(login.user(), password);
    } finally {
      Arrays.fill(password, '\0');
    }
  }
}
