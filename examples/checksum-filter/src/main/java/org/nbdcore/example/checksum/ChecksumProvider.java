package org.nbdcore.example.checksum;

import java.util.List;
import org.nbdcore.spi.Config;
import org.nbdcore.spi.Filter;
import org.nbdcore.spi.FilterProvider;
import org.nbdcore.spi.Parameter;

/** Declares {@code checksum}: a filter that detects data that changed below it. */
public final class ChecksumProvider implements FilterProvider {

  @Override
  public String name() {
    return "checksum";
  }

  @Override
  public String description() {
    return "Example: fails reads of data that has changed since it was written";
  }

  @Override
  public List<Parameter<?>> parameters() {
    return List.of();
  }

  @Override
  public Filter create(Config config) {
    return new ChecksumFilter();
  }
}
