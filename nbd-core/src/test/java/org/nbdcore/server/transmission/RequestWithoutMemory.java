package org.nbdcore.server.transmission;

import java.lang.management.BufferPoolMXBean;
import java.lang.management.ManagementFactory;
import java.lang.ref.Reference;
import java.nio.ByteBuffer;

/** A program: takes a request from the pool when all 100 MiB of direct memory are in use. */
public final class RequestWithoutMemory {

  private RequestWithoutMemory() {}

  public static void main(String[] arguments) {
    long used =
        ManagementFactory.getPlatformMXBeans(BufferPoolMXBean.class).stream()
            .filter(pool -> pool.getName().equals("direct"))
            .mapToLong(BufferPoolMXBean::getMemoryUsed)
            .sum();
    ByteBuffer others = ByteBuffer.allocateDirect((int) ((100L << 20) - used));
    Request request = new RequestPool(false).take();
    Reference.reachabilityFence(others);
    System.out.println(request.header.isDirect() ? "there is more memory" : "taken");
  }
}
