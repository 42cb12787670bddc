package org.nbdcore.plugin.vddk;

import static org.nbdcore.plugin.vddk.VddkParameters.COMPRESSION;
import static org.nbdcore.plugin.vddk.VddkParameters.CONFIG;
import static org.nbdcore.plugin.vddk.VddkParameters.COOKIE;
import static org.nbdcore.plugin.vddk.VddkParameters.CREATE;
import static org.nbdcore.plugin.vddk.VddkParameters.CREATE_ADAPTER_TYPE;
import static org.nbdcore.plugin.vddk.VddkParameters.CREATE_HWVERSION;
import static org.nbdcore.plugin.vddk.VddkParameters.CREATE_SIZE;
import static org.nbdcore.plugin.vddk.VddkParameters.CREATE_TYPE;
import static org.nbdcore.plugin.vddk.VddkParameters.DISK;
import static org.nbdcore.plugin.vddk.VddkParameters.ENGINE;
import static org.nbdcore.plugin.vddk.VddkParameters.EXPORT;
import static org.nbdcore.plugin.vddk.VddkParameters.EXTENTS_HANDLE;
import static org.nbdcore.plugin.vddk.VddkParameters.FILE;
import static org.nbdcore.plugin.vddk.VddkParameters.HANDLES;
import static org.nbdcore.plugin.vddk.VddkParameters.IN_FLIGHT;
import static org.nbdcore.plugin.vddk.VddkParameters.LIBDIR;
import static org.nbdcore.plugin.vddk.VddkParameters.LOADING;
import static org.nbdcore.plugin.vddk.VddkParameters.MAX_REQUEST;
import static org.nbdcore.plugin.vddk.VddkParameters.NFCHOSTPORT;
import static org.nbdcore.plugin.vddk.VddkParameters.PASSWORD;
import static org.nbdcore.plugin.vddk.VddkParameters.PORT;
import static org.nbdcore.plugin.vddk.VddkParameters.PREFLIGHT;
import static org.nbdcore.plugin.vddk.VddkParameters.SERVER;
import static org.nbdcore.plugin.vddk.VddkParameters.SINGLE_LINK;
import static org.nbdcore.plugin.vddk.VddkParameters.SNAPSHOT;
import static org.nbdcore.plugin.vddk.VddkParameters.THUMBPRINT;
import static org.nbdcore.plugin.vddk.VddkParameters.TRANSPORTS;
import static org.nbdcore.plugin.vddk.VddkParameters.UNBUFFERED;
import static org.nbdcore.plugin.vddk.VddkParameters.USER;
import static org.nbdcore.plugin.vddk.VddkParameters.VM;
import static org.nbdcore.plugin.vddk.VddkParameters.WITHIN;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import org.nbdcore.spi.Config;
import org.nbdcore.spi.ConfigException;
import org.nbdcore.spi.Parameter;

/** Checks the combination of parameters. */
final class VddkConfigReader {

  /** Any of these parameters selects a remote disk. */
  private static final List<Parameter<?>> REMOTE =
      List.of(VM, DISK, SERVER, USER, PASSWORD, COOKIE, THUMBPRINT, PORT, NFCHOSTPORT);

  private final Config config;

  private VddkConfigReader(Config config) {
    this.config = config;
  }

  static VddkConfig read(Config config) throws ConfigException {
    return new VddkConfigReader(config).read();
  }

  private VddkConfig read() throws ConfigException {
    boolean remote = REMOTE.stream().anyMatch(config::has);
    if (config.has(FILE) && config.has(EXPORT)) {
      throw new ConfigException("give either file= or export=, not both");
    }
    if (config.has(DISK) && (config.has(FILE) || config.has(EXPORT))) {
      throw new ConfigException("give either disk=, file= or export=");
    }
    if (remote) {
      checkRemote();
    } else {
      checkLocal();
    }
    return new VddkConfig(
        config.find(FILE),
        config.find(EXPORT),
        config.find(LIBDIR),
        configFile(),
        remote ? Optional.of(login()) : Optional.empty(),
        config.find(SNAPSHOT),
        config.find(TRANSPORTS),
        openFlags(),
        within(remote),
        config.get(CREATE) ? Optional.of(createOptions()) : Optional.empty(),
        MachineOptionsReader.read(config, remote),
        engine(remote),
        tuning(),
        VddkDebug.of(config));
  }

  private void checkRemote() throws ConfigException {
    List<String> missing = new ArrayList<>();
    for (Parameter<?> parameter : List.of(SERVER, USER, PASSWORD, VM)) {
      if (!config.has(parameter)) {
        missing.add(parameter.key() + "=");
      }
    }
    if (!config.has(FILE) && !config.has(EXPORT) && !config.has(DISK)) {
      missing.add("file= (or disk= or export=)");
    }
    if (!missing.isEmpty()) {
      throw new ConfigException(
          "missing for a remote disk: "
              + String.join(", ", missing)
              + " (it is a remote one because of "
              + given()
              + ")");
    }
    if (config.get(CREATE)) {
      throw new ConfigException(
          "create=true makes local files only: leave out " + given() + " or create=");
    }
  }

  private String given() {
    return String.join(
        ", ", REMOTE.stream().filter(config::has).map(parameter -> parameter.key() + "=").toList());
  }

  private void checkLocal() throws ConfigException {
    if (config.has(EXPORT)) {
      throw new ConfigException(
          "export= is for remote disks: name a local one with file=, or add server=, user=,"
              + " password= and vm=");
    }
    String file =
        config
            .find(FILE)
            .orElseThrow(
                () ->
                    new ConfigException(
                        "missing: file=, the absolute path of a VMDK file (or of a remote disk,"
                            + " with server=, user=, password= and vm=)"));
    if (!file.startsWith("/")) {
      throw new ConfigException(
          "file must be an absolute path for a local disk, not '"
              + file
              + "'"
              + (file.startsWith("[")
                  ? ": a disk in a datastore needs server=, user=, password= and vm="
                  : ""));
    }
    if (config.get(CREATE) && !config.has(CREATE_SIZE)) {
      throw new ConfigException("create=true needs create-size=, the size of the new disk");
    }
  }

  private Optional<Path> within(boolean remote) throws ConfigException {
    Optional<Path> within = config.find(WITHIN);
    if (within.isPresent() && (remote || config.has(LIBDIR))) {
      throw new ConfigException(
          "within= works only for local disks without VDDK: omit "
              + (remote ? given() : "libdir=")
              + " or within=");
    }
    return within;
  }

  private Optional<Path> configFile() throws ConfigException {
    Optional<Path> file = config.find(CONFIG);
    if (file.isPresent() && !Files.isReadable(file.get())) {
      throw new ConfigException("config must be a readable file, not '" + file.get() + "'");
    }
    return file;
  }

  private RemoteLogin login() {
    return new RemoteLogin(
        config.get(SERVER),
        config.get(USER),
        config.get(PASSWORD),
        config.find(COOKIE),
        config.find(THUMBPRINT).map(Thumbprints::toVddkFormat),
        config.get(VM),
        number(PORT),
        number(NFCHOSTPORT));
  }

  /** As with nbdkit, 0 is VDDK's own choice. */
  private OptionalInt number(Parameter<Long> parameter) {
    Optional<Long> value = config.find(parameter).filter(port -> port != 0);
    return value.isPresent() ? OptionalInt.of(Math.toIntExact(value.get())) : OptionalInt.empty();
  }

  private int openFlags() {
    return OpenFlags.compression(config.get(COMPRESSION))
        | (config.get(SINGLE_LINK) ? OpenFlags.SINGLE_LINK : 0)
        | (config.get(UNBUFFERED) ? OpenFlags.UNBUFFERED : 0);
  }

  private EngineChoice engine(boolean remote) throws ConfigException {
    EngineChoice engine = EngineChoice.of(config.get(ENGINE));
    if (engine.isOwn() && !remote) {
      throw new ConfigException(
          "engine="
              + config.get(ENGINE)
              + " is for remote disks: add server=, user=, password= and vm=");
    }
    return engine;
  }

  private PerformanceOptions tuning() throws ConfigException {
    long maxRequest = config.get(MAX_REQUEST);
    long inFlight = config.get(IN_FLIGHT);
    if (inFlight < maxRequest) {
      throw new ConfigException(
          "in-flight must be at least max-request, which is "
              + maxRequest
              + ", not "
              + inFlight
              + ": give both");
    }
    return new PerformanceOptions(
        (int) maxRequest,
        inFlight,
        Math.toIntExact(config.get(HANDLES)),
        config.get(EXTENTS_HANDLE),
        config.get(PREFLIGHT),
        config.find(LOADING).map(LoadMode::of));
  }

  private CreateOptions createOptions() {
    return new CreateOptions(
        CreateValues.type(config.get(CREATE_TYPE)),
        CreateValues.adapter(config.get(CREATE_ADAPTER_TYPE)),
        config.get(CREATE_HWVERSION),
        VddkSectors.of(config.get(CREATE_SIZE)));
  }
}
