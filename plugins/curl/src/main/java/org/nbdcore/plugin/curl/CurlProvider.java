package org.nbdcore.plugin.curl;

import java.util.List;
import org.nbdcore.spi.Config;
import org.nbdcore.spi.ConfigException;
import org.nbdcore.spi.DebugFlag;
import org.nbdcore.spi.DumpSink;
import org.nbdcore.spi.Parameter;
import org.nbdcore.spi.Plugin;
import org.nbdcore.spi.PluginProvider;
import org.nbdcore.spi.helpers.DumpCallbacks;

/** Describes {@code curl}: a disk image on a web server, read with range requests. */
public final class CurlProvider implements PluginProvider {

  static final DebugFlag SCRIPTS =
      DebugFlag.of("scripts", "Show the output of header-script and cookie-script");
  static final DebugFlag TIMES = DebugFlag.of("times", "Show at the end how long requests took");
  static final DebugFlag VERBOSE = DebugFlag.of("verbose", "Show each request to the web server");

  @Override
  public String name() {
    return "curl";
  }

  @Override
  public String description() {
    return "A disk image on a web server";
  }

  @Override
  public List<Parameter<?>> parameters() {
    return CurlParameters.ALL;
  }

  @Override
  public List<DebugFlag> debugFlags() {
    return List.of(SCRIPTS, TIMES, VERBOSE);
  }

  @Override
  public void dump(Config config, DumpSink out) {
    DumpCallbacks.put(out, "can_multi_conn", "close");
    out.put("curl_protocols", String.join(",", WebAddress.PROTOCOLS));
    WebAddress.PROTOCOLS.forEach(protocol -> out.put("curl_protocol_" + protocol, "yes"));
  }

  @Override
  public Plugin create(Config config) throws ConfigException {
    return CurlParameters.plugin(config, System.getenv());
  }
}
