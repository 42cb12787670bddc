package org.nbdcore.metrics;

/** Shows an {@link ExportMetrics} through JMX. */
final class ExportBean implements ExportMXBean {

  private final ExportMetrics export;

  ExportBean(ExportMetrics export) {
    this.export = export;
  }

  @Override
  public String getName() {
    return export.name();
  }

  @Override
  public int getConnections() {
    return export.connections().size();
  }

  @Override
  public long getSize() {
    return export.size();
  }

  @Override
  public long getPosition() {
    return export.position();
  }

  @Override
  public long getRequestsInProgress() {
    return export.requestsInProgress();
  }

  @Override
  public long getRequests() {
    return export.totals().requests();
  }

  @Override
  public long getErrors() {
    return export.totals().errors();
  }

  @Override
  public long getBytesRead() {
    return export.totals().bytesRead();
  }

  @Override
  public long getBytesWritten() {
    return export.totals().bytesWritten();
  }
}
