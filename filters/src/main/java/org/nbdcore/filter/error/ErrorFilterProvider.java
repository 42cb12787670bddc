package org.nbdcore.filter.error;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.nbdcore.filter.common.Probability;
import org.nbdcore.spi.Config;
import org.nbdcore.spi.Filter;
import org.nbdcore.spi.FilterProvider;
import org.nbdcore.spi.NbdError;
import org.nbdcore.spi.Parameter;

/** Provides {@code --filter=error}. */
public final class ErrorFilterProvider implements FilterProvider {

  private static final Settings ALL = new Settings("error", "any request");
  private static final Settings READ = new Settings("error-pread", "reads");
  private static final Settings WRITE = new Settings("error-pwrite", "writes");
  private static final Settings TRIM = new Settings("error-trim", "trims");
  private static final Settings ZERO = new Settings("error-zero", "zeroes");
  private static final Settings EXTENTS = new Settings("error-extents", "extents requests");
  private static final Settings CACHE = new Settings("error-cache", "cache requests");

  /** The three parameters for one kind of request. */
  private static final class Settings {
    private final Parameter<NbdError> error;
    private final Parameter<Double> rate;
    private final Parameter<Path> file;

    private Settings(String key, String requests) {
      error =
          Parameter.choice(
                  key,
                  List.of("EPERM", "EIO", "ENOMEM", "EINVAL", "ENOSPC", "ESHUTDOWN"),
                  "Error to inject into " + requests + ".")
              .map(NbdError::valueOf);
      rate = Probability.parameter(key + "-rate", "Probability of an error in " + requests + ".");
      file =
          Parameter.path(
              key + "-file", "Inject errors into " + requests + " only while this file exists.");
    }

    private Injection injection(Config config, String operation) {
      return new Injection(
          operation,
          config.find(error).or(() -> config.find(ALL.error)).orElse(NbdError.EIO),
          config.find(rate).or(() -> config.find(ALL.rate)).orElse(0.0),
          config.find(file).or(() -> config.find(ALL.file)));
    }
  }

  @Override
  public String name() {
    return "error";
  }

  @Override
  public String description() {
    return "inject errors, to test how clients handle them";
  }

  @Override
  public List<Parameter<?>> parameters() {
    List<Parameter<?>> parameters = new ArrayList<>();
    for (Settings settings : List.of(ALL, READ, WRITE, TRIM, ZERO, EXTENTS, CACHE)) {
      parameters.add(settings.error);
      parameters.add(settings.rate);
      parameters.add(settings.file);
    }
    return parameters;
  }

  @Override
  public Filter create(Config config) {
    return new ErrorFilter(
        READ.injection(config, "pread"),
        WRITE.injection(config, "pwrite"),
        TRIM.injection(config, "trim"),
        ZERO.injection(config, "zero"),
        EXTENTS.injection(config, "extents"),
        CACHE.injection(config, "cache"));
  }
}
