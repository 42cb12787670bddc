package org.nbdcore.cli;

import java.io.IOException;
import java.util.List;
import org.nbdcore.chain.Providers;
import org.nbdcore.cli.config.ConfigErrors;
import org.nbdcore.cli.config.ConfigLine;
import org.nbdcore.server.ClientCheck;
import org.nbdcore.spi.Backend;
import org.nbdcore.spi.BlockDevice;
import org.nbdcore.spi.Config;
import org.nbdcore.spi.ConfigException;
import org.nbdcore.spi.Export;
import org.nbdcore.spi.Filter;
import org.nbdcore.spi.FilterProvider;
import org.nbdcore.spi.NbdError;
import org.nbdcore.spi.NbdException;
import org.nbdcore.spi.OpenRequest;
import org.nbdcore.spi.Session;

/**
 * The setting {@code allow} of an export. Uses the filter {@code ip} outside of a chain, so that
 * the server can check clients before it starts a chain, and for the list of exports.
 */
record ClientRules(Filter filter) implements ClientCheck {

  private static final String FILTER = "ip";

  /** The filter has no disk below it here. */
  private static final Backend NOTHING =
      new Backend() {
        @Override
        public BlockDevice open(OpenRequest request) throws IOException {
          throw new NbdException(NbdError.EINVAL, "there is no disk");
        }

        @Override
        public List<Export> listExports(OpenRequest request) {
          return List.of();
        }
      };

  /**
   * Returns the check of an export.
   *
   * @param allow the rules of its {@code allow} lines; empty for every client
   * @param certificates whether clients are verified by certificates
   */
  static ClientCheck of(
      List<ConfigLine> allow, boolean certificates, Providers providers, ConfigErrors errors) {
    if (allow.isEmpty()) {
      return ClientCheck.ANY;
    }
    FilterProvider provider = providers.filter(FILTER).orElse(null);
    if (provider == null) {
      errors.add(allow.get(0).number(), "allow needs the filter ip, which is not installed");
      return ClientCheck.ANY;
    }
    Config.Builder config = Config.builder(provider.parameters()).put("deny", "all");
    int before = errors.count();
    for (ConfigLine line : allow) {
      try {
        Config.builder(provider.parameters()).put("allow", line.value()).build();
        config.put("allow", line.value());
      } catch (ConfigException e) {
        errors.add(line.number(), e.getMessage());
      }
      if (!certificates && line.value().contains("dn:")) {
        errors.add(
            line.number(), "allow has dn:, but without tls-verify-peer = yes no client has a name");
      }
    }
    if (errors.count() > before) {
      return ClientCheck.ANY;
    }
    try {
      return new ClientRules(provider.create(config.build()));
    } catch (ConfigException | RuntimeException e) {
      errors.add(allow.get(0).number(), "allow: " + e.getMessage());
      return ClientCheck.ANY;
    }
  }

  @Override
  public void check(Session session) throws IOException {
    filter.preconnect(session, NOTHING); // rules about the address
    filter.listExports(OpenRequest.of("", session), NOTHING); // rules about the certificate
  }
}
