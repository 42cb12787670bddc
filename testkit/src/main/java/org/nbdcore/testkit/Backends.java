package org.nbdcore.testkit;

import java.io.IOException;
import java.util.List;
import java.util.Optional;
import org.nbdcore.spi.Backend;
import org.nbdcore.spi.BlockDevice;
import org.nbdcore.spi.Export;
import org.nbdcore.spi.Filter;
import org.nbdcore.spi.OpenRequest;
import org.nbdcore.spi.PassThroughDevice;
import org.nbdcore.spi.Session;
import org.nbdcore.spi.ThreadModel;

/** Layers for tests. */
public final class Backends {

  private Backends() {}

  /**
   * A layer that opens the same device for each connection. Closing a handle does not close the
   * device.
   */
  public static TrackedBackend of(BlockDevice device) {
    return new TrackedBackend(
        request ->
            new PassThroughDevice(device) {
              @Override
              public void close() {}
            });
  }

  /** Wraps a layer and tracks its open devices. */
  public static TrackedBackend tracked(Backend backend) {
    return new TrackedBackend(backend);
  }

  /** Wraps a layer. Its {@code open} and its devices fail as {@code plan} says. */
  public static Backend faulty(Backend backend, FaultPlan plan) {
    return request -> {
      Optional<FaultPlan.Fault> fault = plan.next(Operation.OPEN);
      if (fault.isPresent()) {
        fault.get().gate().ifPresent(HeldCall::pass);
        if (fault.get().error().isPresent()) {
          throw FaultPlan.failure(Operation.OPEN, fault.get().error().get());
        }
      }
      return new FaultyDevice(backend.open(request), plan);
    };
  }

  /**
   * The layer that consists of a filter and the layer below it. The caller starts and closes both.
   */
  public static Backend filtered(Filter filter, Backend next) {
    return new Backend() {
      @Override
      public ThreadModel threadModel() {
        return filter.threadModel().strictest(next.threadModel());
      }

      @Override
      public BlockDevice open(OpenRequest request) throws IOException {
        return filter.open(request, next);
      }

      @Override
      public List<Export> listExports(OpenRequest request) throws IOException {
        return filter.listExports(request, next);
      }

      @Override
      public String defaultExport(OpenRequest request) throws IOException {
        return filter.defaultExport(request, next);
      }

      @Override
      public void preconnect(Session session) throws IOException {
        filter.preconnect(session, next);
      }
    };
  }
}
