package org.nbdcore.filter.luks;

import java.util.List;
import org.nbdcore.spi.Config;
import org.nbdcore.spi.Filter;
import org.nbdcore.spi.FilterProvider;
import org.nbdcore.spi.Parameter;
import org.nbdcore.spi.Secret;

/** Provides {@code --filter=luks}. */
public final class LuksFilterProvider implements FilterProvider {

  private static final Parameter<Secret> PASSPHRASE =
      Parameter.password("passphrase", "Passphrase of one of the key slots.").required();

  @Override
  public String name() {
    return "luks";
  }

  @Override
  public String description() {
    return "decrypt and encrypt a disk in a LUKS container";
  }

  @Override
  public List<Parameter<?>> parameters() {
    return List.of(PASSPHRASE);
  }

  @Override
  public Filter create(Config config) {
    return new LuksFilter(config.get(PASSPHRASE));
  }
}
