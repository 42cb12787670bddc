package org.nbdcore.cli.config;

import java.util.List;
import org.nbdcore.spi.ConfigException;
import org.nbdcore.spi.Parameter;

/** The settings of the server that the environment and a configuration file may contain. */
final class ServerKeys {

  private static final long MAX_PORT = 0xffff_ffffL; // of AF_VSOCK; --port checks that of TCP
  private static final long MAX_THREADS = 4096;
  private static final long MIN_MEMORY = 128L << 20;

  /** Each is also the name of a long option. */
  static final List<Parameter<?>> OPTIONS =
      List.of(
          Parameter.integer("port", 0, MAX_PORT, ""),
          Parameter.string("ipaddr", "").repeatable(),
          Parameter.string("unix", "").repeatable(),
          Parameter.integer("threads", 1, MAX_THREADS, ""),
          Parameter.duration("timeout", ""),
          Parameter.string("log", ""),
          Parameter.string("log-format", ""),
          Parameter.duration("progress", ""),
          Parameter.string("pidfile", ""),
          Parameter.bool("readonly", ""),
          Parameter.bool("verbose", ""),
          Parameter.bool("extended-headers", ""),
          Parameter.duration("stop-timeout", ""),
          Parameter.duration("start-timeout", ""),
          Parameter.size("memory", "").map(ServerKeys::memory),
          Parameter.string("metrics", ""),
          Parameter.string("metrics-token", ""),
          Parameter.bool("keepalive", ""),
          Parameter.string("tls", ""),
          Parameter.string("tls-certificates", ""),
          Parameter.bool("tls-verify-peer", ""),
          Parameter.string("tls-psk", ""),
          Parameter.string("tls-priority", ""));

  /** Settings that only a configuration file has, because they concern its exports. */
  static final List<Parameter<?>> FILE_ONLY =
      List.of(Parameter.string("default-export", ""), Parameter.bool("reload-on-change", ""));

  private ServerKeys() {}

  private static long memory(long size) throws ConfigException {
    if (size < MIN_MEMORY) {
      throw new ConfigException("must be at least 128M, not " + size + " bytes");
    }
    return size;
  }
}
