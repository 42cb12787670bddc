package org.nbdcore.cli;

import java.util.List;

/** The options of the program, in the order in which {@code --help} shows them. */
enum CommandLineOption {
  FILTER(0, "FILTER", "put a filter above the plugin; the first is nearest the client", "filter"),
  PLUGIN_PATH(0, "DIR", "search this folder for third-party jars, too", "plugin-path"),
  READ_ONLY('r', null, "refuse writes", "readonly", "read-only"),
  UNIX('U', "SOCKET|-", "listen on a Unix socket; - creates a private one", "unix"),
  PORT('p', "PORT", "listen on this TCP port (10809)", "port"),
  IP_ADDRESS('i', "ADDR", "listen on this address (all)", "ipaddr", "ip-addr"),
  IPV4('4', null, "listen on IPv4 addresses only", "ipv4-only"),
  IPV6('6', null, "listen on IPv6 addresses only", "ipv6-only"),
  EXPORT('e', "NAME", "set the export in the $uri of --run", "exportname", "export-name", "export"),
  RUN(0, "COMMAND", "run a shell command with $uri; stop and exit with its status", "run"),
  FOREGROUND('f', null, "stay in the foreground", "foreground", "no-fork"),
  PID_FILE('P', "FILE", "write the process id once the server listens", "pidfile", "pid-file"),
  PRINT_URI(
      0,
      null,
      "print the URI once the server listens",
      "print-uri",
      "print-url",
      "show-uri",
      "show-url"),
  USER('u', "USER", "change to this user once the server listens", "user"),
  GROUP('g', "GROUP", "change to this group once the server listens", "group"),
  EXIT_WITH_PARENT(0, null, "stop when the parent process ends", "exit-with-parent"),
  SINGLE('s', null, "serve one client, on standard input and output", "single", "stdin"),
  VSOCK(0, null, "listen for virtual machines (AF_VSOCK) instead of on TCP", "vsock"),
  KEEPALIVE(0, null, "enable TCP keepalive, to detect dead clients", "keepalive", "keep-alive"),
  SELINUX_LABEL(0, "LABEL", "label the sockets for SELinux", "selinux-label"),
  SWAP(0, null, "lock the server into memory; use it if this host swaps to the disk", "swap"),
  THREADS('t', "N", "limit the requests in progress on each connection (16)", "threads"),
  TIMEOUT(0, "TIME", "limit how long a handshake may take (60)", "timeout", "time-out"),
  START_TIMEOUT(0, "TIME", "limit how long the start of exports may take (30)", "start-timeout"),
  STOP_TIMEOUT(0, "TIME", "limit how long a stop may take (30)", "stop-timeout"),
  MEMORY(0, "SIZE", "limit the memory of requests in progress (512M)", "memory"),
  NAME(0, "NAME", "add this name to messages", "name"),
  LOG(
      0,
      "stderr|syslog|null|default|/path",
      "choose the destination of warnings and errors",
      "log"),
  LOG_FORMAT(0, "text|json", "choose the format of messages", "log-format"),
  PROGRESS(0, "TIME", "report the throughput of each export at this interval", "progress"),
  VERBOSE('v', null, "show debug messages", "verbose"),
  DEBUG('D', "NAME.FLAG=N", "set a debug flag of a plugin, a filter or the server", "debug"),
  METRICS(0, "ADDRESS[:PORT]", "serve metrics and a status page over HTTP (:10810)", "metrics"),
  METRICS_TOKEN(0, "FILE", "require the token in this file for --metrics", "metrics-token"),
  CONFIG(0, "FILE", "read server settings and exports from a file", "config"),
  CHECK(0, null, "check the file of --config; serve nothing", "check"),
  MASK_HANDSHAKE(0, "MASK", "offer only these handshake flags", "mask-handshake"),
  NO_STRUCTURED_REPLIES(0, null, "offer no structured replies", "no-sr", "no-structured-replies"),
  NO_META_CONTEXTS(0, null, "offer no meta contexts", "no-mc", "no-meta-contexts"),
  NEW_STYLE('n', null, "speak the newstyle protocol (default)", "newstyle", "new-style"),
  OLD_STYLE('o', null, "speak the oldstyle protocol", "oldstyle", "old-style"),
  EXTENDED_HEADERS(0, null, "offer 64-bit requests (default)", "extended-headers"),
  NO_EXTENDED_HEADERS(0, null, "offer no 64-bit requests", "no-eh", "no-extended-headers"),
  TLS(0, "off|on|require", "refuse, offer or require TLS", "tls"),
  TLS_CERTIFICATES(0, "DIR", "use ca-cert.pem and server-*.pem in this folder", "tls-certificates"),
  TLS_VERIFY_PEER(0, null, "refuse clients without a valid certificate", "tls-verify-peer"),
  TLS_PSK(0, "FILE", "use the pre-shared keys in this file", "tls-psk"),
  TLS_PRIORITY(0, "PRIORITY", "restrict versions and ciphers, as in GnuTLS", "tls-priority"),
  HELP(0, null, "show this help, or that of a plugin and its filters", "help"),
  LIST(0, null, "list plugins and filters, with version and jar", "list"),
  VERSION('V', null, "show the version", "version"),
  DUMP_PLUGIN(0, null, "print properties of the plugin as key=value", "dump-plugin"),
  DUMP_CONFIG(0, null, "print properties of this program as key=value", "dump-config"),
  LONG_OPTIONS(0, null, "list the long options", "long-options"),
  SHORT_OPTIONS(0, null, "list the short options", "short-options");

  private final char letter;
  private final String value;
  private final String help;
  private final List<String> names;

  CommandLineOption(int letter, String value, String help, String... names) {
    this.letter = (char) letter;
    this.value = value;
    this.help = help;
    this.names = List.of(names);
  }

  /** The letter after one dash, or 0. */
  char letter() {
    return letter;
  }

  /** The placeholder for the value in help, or null if the option takes no value. */
  String value() {
    return value;
  }

  /** Description for {@code --help}. */
  String help() {
    return help;
  }

  /** The names after two dashes, the main one first. */
  List<String> names() {
    return names;
  }

  boolean takesValue() {
    return value != null;
  }

  /** As in messages: {@code --port}. */
  @Override
  public String toString() {
    return "--" + names.get(0);
  }
}
