package org.nbdcore.metrics;

import java.util.HashMap;
import java.util.Map;
import javax.management.JMException;
import javax.management.MBeanServer;
import javax.management.ObjectName;
import org.nbdcore.spi.Log;

/**
 * Registers a server and its exports with JMX: {@code org.nbdcore:type=Server,name="…"} and {@code
 * org.nbdcore:type=Export,server="…",name="…"}. An export that you add later appears when a client
 * first opens it.
 *
 * <p>The monitor guards the registered beans.
 */
public final class ServerBeans implements AutoCloseable {

  private static final Log LOG = Log.of("");
  private static final String DOMAIN = "org.nbdcore";

  private final ServerMetrics metrics;
  private final String server;
  private final MBeanServer beans;
  private final Runnable refresh = this::refresh;
  private final Map<Object, ObjectName> registered = new HashMap<>();
  private boolean closed;

  /**
   * Registers the server.
   *
   * @param name of the server; distinguishes the servers of one process
   * @param beans such as {@link java.lang.management.ManagementFactory#getPlatformMBeanServer}
   */
  public ServerBeans(ServerMetrics metrics, String name, MBeanServer beans) {
    this.metrics = metrics;
    this.beans = beans;
    server = ObjectName.quote(name);
    register(metrics, new ServerBean(metrics), "type=Server,name=" + server);
    refresh();
    metrics.observe(refresh);
  }

  /** Registers the exports that have appeared since the last call. */
  private synchronized void refresh() {
    for (ExportMetrics export : metrics.exports()) {
      if (!registered.containsKey(export) && !closed) {
        String name = ObjectName.quote(export.name());
        register(export, new ExportBean(export), "type=Export,server=" + server + ",name=" + name);
      }
    }
  }

  private synchronized void register(Object of, Object bean, String key) {
    try {
      ObjectName name = new ObjectName(DOMAIN + ":" + key);
      registered.put(of, beans.registerMBean(bean, name).getObjectName());
    } catch (JMException e) {
      registered.put(of, ObjectName.WILDCARD); // registration failed; do not try again
      LOG.warn("JMX does not show " + key + ": " + e.getMessage());
    }
  }

  /** Unregisters everything. */
  @Override
  public synchronized void close() {
    metrics.forget(refresh);
    closed = true;
    for (ObjectName name : registered.values()) {
      try {
        if (!name.equals(ObjectName.WILDCARD)) {
          beans.unregisterMBean(name);
        }
      } catch (JMException e) {
        LOG.debug(() -> "JMX: " + e.getMessage());
      }
    }
    registered.clear();
  }
}
