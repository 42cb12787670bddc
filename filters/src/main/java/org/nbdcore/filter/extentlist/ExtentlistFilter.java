package org.nbdcore.filter.extentlist;

import java.io.IOException;
import org.nbdcore.spi.Backend;
import org.nbdcore.spi.BlockDevice;
import org.nbdcore.spi.Capabilities;
import org.nbdcore.spi.ExtentSink;
import org.nbdcore.spi.Filter;
import org.nbdcore.spi.Flags;
import org.nbdcore.spi.OpenRequest;
import org.nbdcore.spi.PassThroughDevice;

/** Answers block status requests from a list. Changes of the disk do not change the list. */
final class ExtentlistFilter implements Filter {

  private final ExtentList list;

  ExtentlistFilter(ExtentList list) {
    this.list = list;
  }

  @Override
  public BlockDevice open(OpenRequest request, Backend next) throws IOException {
    return new ListedDevice(next.open(request), list);
  }

  private static final class ListedDevice extends PassThroughDevice {

    private final ExtentList list;

    ListedDevice(BlockDevice next, ExtentList list) {
      super(next);
      this.list = list;
    }

    @Override
    public Capabilities capabilities() throws IOException {
      return next.capabilities().withExtents(true);
    }

    @Override
    public void extents(long offset, long length, Flags flags, ExtentSink sink) {
      list.report(offset, length, sink);
    }
  }
}
