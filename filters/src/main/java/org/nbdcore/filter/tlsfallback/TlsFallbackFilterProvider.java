package org.nbdcore.filter.tlsfallback;

import java.nio.charset.StandardCharsets;
import java.util.List;
import org.nbdcore.spi.Config;
import org.nbdcore.spi.ConfigException;
import org.nbdcore.spi.Filter;
import org.nbdcore.spi.FilterProvider;
import org.nbdcore.spi.Parameter;

/** Provides {@code --filter=tls-fallback}. */
public final class TlsFallbackFilterProvider implements FilterProvider {

  private static final Parameter<byte[]> README =
      Parameter.string("tlsreadme", "Message on the disk for clients without TLS.")
          .map(TlsFallbackFilterProvider::bytes)
          .placeholder("MESSAGE")
          .defaultValue(
              "This NBD server requires TLS authentication before it will serve useful data.\n"
                  .getBytes(StandardCharsets.UTF_8));

  private static byte[] bytes(String message) throws ConfigException {
    byte[] bytes = message.getBytes(StandardCharsets.UTF_8);
    if (bytes.length > ReadmeDevice.SIZE) {
      throw new ConfigException(
          "must be at most " + ReadmeDevice.SIZE + " bytes, not " + bytes.length);
    }
    return bytes;
  }

  @Override
  public String name() {
    return "tls-fallback";
  }

  @Override
  public String description() {
    return "show clients without TLS a message instead of the disk";
  }

  @Override
  public List<Parameter<?>> parameters() {
    return List.of(README);
  }

  @Override
  public Filter create(Config config) {
    return new TlsFallbackFilter(config.get(README));
  }
}
