package org.nbdcore.plugin.nbd;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.nbdcore.client.ConnectOptions;
import org.nbdcore.client.TlsMode;
import org.nbdcore.protocol.NbdUri;
import org.nbdcore.spi.Config;
import org.nbdcore.spi.ConfigException;
import org.nbdcore.spi.FileNames;
import org.nbdcore.spi.InheritedDescriptors;
import org.nbdcore.spi.Parameter;
import org.nbdcore.spi.Plugin;

/** The parameters of the plugin, and the remote server that they describe. */
final class NbdParameters {

  static final Parameter<NbdUri> URI =
      Parameter.of("uri", "URI", "Server and export, as an NBD URI.", NbdParameters::uri).magic();
  static final Parameter<Path> SOCKET = Parameter.path("socket", "The server's Unix socket.");
  static final Parameter<String> HOSTNAME =
      Parameter.string("hostname", "The server's host name or address.").placeholder("HOST");
  static final Parameter<String> PORT =
      Parameter.string("port", "The server's port, by number or name; 10809 by default.")
          .placeholder("PORT");
  static final Parameter<String> VSOCK =
      Parameter.string("vsock", "CID of the virtual machine that runs the server; 2 is the host.")
          .alias("cid")
          .placeholder("CID");
  static final Parameter<Long> SOCKET_FD =
      Parameter.integer("socket-fd", 3, Integer.MAX_VALUE, "Inherited, connected socket.");
  static final Parameter<String> COMMAND =
      Parameter.string("command", "Server to run; it gets a listening socket as from systemd.")
          .placeholder("COMMAND");
  static final Parameter<String> ARG =
      Parameter.string("arg", "Argument of the command; may be given several times.")
          .placeholder("ARG")
          .repeatable();
  static final Parameter<String> EXPORT =
      Parameter.string("export", "Export of the server; by default its default export.")
          .placeholder("NAME");
  static final Parameter<Boolean> DYNAMIC_EXPORT =
      Parameter.bool("dynamic-export", "Whether to pass each client's export name to the server.")
          .defaultValue(false);
  static final Parameter<Long> RETRY =
      Parameter.integer(
              "retry",
              0,
              Integer.MAX_VALUE,
              "Number of further attempts to connect, one second apart.")
          .defaultValue(0L);
  static final Parameter<Boolean> SHARED =
      Parameter.bool(
          "shared",
          "Whether all clients share one connection; true with command and socket-fd, else false.");
  static final Parameter<String> TLS =
      Parameter.choice(
          "tls",
          List.of("off", "on", "require"),
          "Whether to use TLS to the server; by default on if another tls- key is given, "
              + "otherwise off.");
  static final Parameter<Path> TLS_CERTIFICATES =
      Parameter.path(
          "tls-certificates", "Folder with ca-cert.pem, client-cert.pem and client-key.pem.");
  static final Parameter<Boolean> TLS_VERIFY =
      Parameter.bool("tls-verify", "Whether to check the server's certificate.").defaultValue(true);
  static final Parameter<String> TLS_USERNAME =
      Parameter.string("tls-username", "User name for a pre-shared key.").placeholder("NAME");
  static final Parameter<Path> TLS_PSK = Parameter.path("tls-psk", "File of pre-shared keys.");

  static final List<Parameter<?>> ALL =
      List.of(
          URI,
          SOCKET,
          HOSTNAME,
          PORT,
          VSOCK,
          SOCKET_FD,
          COMMAND,
          ARG,
          EXPORT,
          DYNAMIC_EXPORT,
          RETRY,
          SHARED,
          TLS,
          TLS_CERTIFICATES,
          TLS_VERIFY,
          TLS_USERNAME,
          TLS_PSK);

  private static final List<Parameter<?>> PLACES =
      List.of(URI, SOCKET, HOSTNAME, VSOCK, SOCKET_FD, COMMAND);

  private NbdParameters() {}

  private static NbdUri uri(String text) throws ConfigException {
    try {
      return NbdUri.parse(text);
    } catch (IllegalArgumentException e) {
      throw new ConfigException("cannot be used: " + e.getMessage(), e);
    }
  }

  static Plugin plugin(Config config) throws ConfigException {
    checkPlace(config);
    boolean single = config.has(COMMAND) || config.has(SOCKET_FD);
    boolean shared = config.find(SHARED).orElse(single);
    if (single && !shared) {
      throw new ConfigException(
          "shared=false cannot be combined with command or socket-fd, which have one "
              + "connection");
    }
    if (config.get(DYNAMIC_EXPORT)) {
      checkDynamic(config, shared, single);
    }
    String name = exportName(config);
    RemoteEndpoint remote = remote(config, name);
    int retries = Math.toIntExact(config.get(RETRY));
    return config.get(DYNAMIC_EXPORT)
        ? new NbdPlugin(remote, null, false, retries)
        : new NbdPlugin(remote, name, shared, retries);
  }

  private static void checkPlace(Config config) throws ConfigException {
    List<String> given = new ArrayList<>();
    for (Parameter<?> place : PLACES) {
      if (config.has(place)) {
        given.add(place.key());
      }
    }
    if (given.size() != 1) {
      throw new ConfigException(
          "exactly one of uri, socket, hostname, vsock, socket-fd and command must be given, not "
              + (given.isEmpty() ? "none" : String.join(" and ", given)));
    }
    if (config.has(PORT) && !config.has(HOSTNAME) && !config.has(VSOCK)) {
      throw new ConfigException("port needs hostname or vsock");
    }
    if (config.has(ARG) && !config.has(COMMAND)) {
      throw new ConfigException("arg needs command");
    }
  }

  private static void checkDynamic(Config config, boolean shared, boolean single)
      throws ConfigException {
    if (config.has(EXPORT)) {
      throw new ConfigException(
          "dynamic-export=true cannot be combined with export, because the client chooses "
              + "the export");
    }
    if (shared) {
      throw new ConfigException(
          "dynamic-export=true cannot be combined with "
              + (single ? "command or socket-fd" : "shared=true")
              + ", because each export needs its own connection");
    }
  }

  private static String exportName(Config config) throws ConfigException {
    if (!config.has(URI)) {
      return config.find(EXPORT).orElse("");
    }
    if (config.has(EXPORT)) {
      throw new ConfigException("export cannot be combined with uri: put the name into the URI");
    }
    return config.get(URI).exportName();
  }

  private static RemoteEndpoint remote(Config config, String name) throws ConfigException {
    ConnectOptions options =
        ConnectOptions.defaults()
            .withTls(tlsMode(config), null)
            .withTlsPeer(null, config.get(TLS_VERIFY));
    if (config.has(COMMAND)) {
      return new CommandRemote(
          config.get(COMMAND), config.all(ARG), uri -> withTls(uri, config), options);
    }
    if (config.has(SOCKET_FD)) {
      if (!InheritedDescriptors.contains(config.get(SOCKET_FD))) {
        throw new ConfigException(
            "socket-fd "
                + config.get(SOCKET_FD)
                + " is not open: the parent process must pass it on");
      }
      NbdUri keys = withTls(NbdUri.unix("inherited"), config);
      return new InheritedRemote(Math.toIntExact(config.get(SOCKET_FD)), keys, options);
    }
    NbdUri uri;
    try {
      uri = withTls(address(config), config);
    } catch (IllegalArgumentException e) {
      throw new ConfigException(e.getMessage(), e);
    }
    return uri.transport() == NbdUri.Transport.VSOCK
        ? new VsockRemote(uri, options)
        : new UriRemote(uri, options);
  }

  private static NbdUri address(Config config) throws ConfigException {
    if (config.has(SOCKET)) {
      return NbdUri.unix(FileNames.text(config.get(SOCKET)));
    }
    if (config.has(VSOCK)) {
      String port = config.find(PORT).orElse("10809");
      return NbdUri.vsock(unsigned("vsock", config.get(VSOCK)), unsigned("port", port));
    }
    return config.has(HOSTNAME)
        ? NbdUri.tcp(config.get(HOSTNAME), Ports.number(config.find(PORT).orElse("10809")))
        : config.get(URI);
  }

  private static int unsigned(String key, String text) throws ConfigException {
    try {
      return Integer.parseUnsignedInt(text);
    } catch (NumberFormatException e) {
      throw new ConfigException(key + " must be a number of 32 bits, not " + text, e);
    }
  }

  private static NbdUri withTls(NbdUri address, Config config) {
    NbdUri uri = address;
    if (config.has(TLS_CERTIFICATES)) {
      uri = uri.withParameter("tls-certificates", FileNames.text(config.get(TLS_CERTIFICATES)));
    }
    if (config.has(TLS_PSK)) {
      uri = uri.withParameter("tls-psk-file", FileNames.text(config.get(TLS_PSK)));
    }
    return config.has(TLS_USERNAME) ? uri.withUser(config.get(TLS_USERNAME)) : uri;
  }

  private static TlsMode tlsMode(Config config) {
    boolean other =
        config.has(TLS_CERTIFICATES)
            || config.has(TLS_VERIFY)
            || config.has(TLS_USERNAME)
            || config.has(TLS_PSK);
    return switch (config.find(TLS).orElse(other ? "on" : "off")) {
      case "on" -> TlsMode.PREFERRED;
      case "require" -> TlsMode.REQUIRED;
      default -> TlsMode.BY_URI;
    };
  }
}
