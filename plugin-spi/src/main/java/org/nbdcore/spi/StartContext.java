package org.nbdcore.spi;

import java.util.Objects;

/** The environment of a plugin or filter, which {@code start} receives: one immutable value. */
public final class StartContext {

  /** The context of a layer that runs without a server, for tests. */
  public static final StartContext NONE =
      new StartContext(Host.NONE, Log.of("test"), ThreadModel.PARALLEL);

  private final Host host;
  private final Log log;
  private final ThreadModel threadModel;

  private StartContext(Host host, Log log, ThreadModel threadModel) {
    this.host = Objects.requireNonNull(host, "host");
    this.log = Objects.requireNonNull(log, "log");
    this.threadModel = Objects.requireNonNull(threadModel, "threadModel");
  }

  /** The server; valid until the layer is closed. */
  public Host host() {
    return host;
  }

  /** The logger of this layer, under its name. */
  public Log log() {
    return log;
  }

  /** The thread model of the chain: that of its strictest layer. */
  public ThreadModel threadModel() {
    return threadModel;
  }

  /** Changes {@link #host}. */
  public StartContext withHost(Host value) {
    return new StartContext(value, log, threadModel);
  }

  /** Changes {@link #log}. */
  public StartContext withLog(Log value) {
    return new StartContext(host, value, threadModel);
  }

  /** Changes {@link #threadModel}. */
  public StartContext withThreadModel(ThreadModel value) {
    return new StartContext(host, log, value);
  }
}
