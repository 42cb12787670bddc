package org.nbdcore.metrics;

import java.util.Map;
import org.nbdcore.server.NbdServer;

/** Shows a {@link ServerMetrics} through JMX. */
final class ServerBean implements ServerMXBean {

  private final ServerMetrics metrics;

  ServerBean(ServerMetrics metrics) {
    this.metrics = metrics;
  }

  private Totals totals() {
    Totals totals = new Totals();
    metrics.exports().forEach(export -> totals.add(export.totals()));
    return totals;
  }

  @Override
  public String getVersion() {
    return MetricsVersion.own();
  }

  @Override
  public String getState() {
    return metrics.server().map(NbdServer::state).orElse(NbdServer.State.STARTING).name();
  }

  @Override
  public boolean isReady() {
    return Readiness.of(metrics).ready();
  }

  @Override
  public String getReadiness() {
    return Readiness.of(metrics).reason();
  }

  @Override
  public int getConnections() {
    return metrics.connections().size();
  }

  @Override
  public long getBufferMemory() {
    return metrics.server().map(NbdServer::memoryInUse).orElse(0L);
  }

  @Override
  public long getBufferMemoryLimit() {
    return metrics.server().map(NbdServer::memoryLimit).orElse(0L);
  }

  @Override
  public long getRequests() {
    return totals().requests();
  }

  @Override
  public long getErrors() {
    return totals().errors();
  }

  @Override
  public long getBytesRead() {
    return totals().bytesRead();
  }

  @Override
  public long getBytesWritten() {
    return totals().bytesWritten();
  }

  @Override
  public Map<String, Double> getLayerCounters() {
    return metrics.server().map(server -> LayerMetrics.of(server).samples()).orElse(Map.of());
  }
}
