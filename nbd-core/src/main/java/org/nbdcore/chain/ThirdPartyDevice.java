package org.nbdcore.chain;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.List;
import java.util.Optional;
import org.nbdcore.spi.AsyncBlockDevice;
import org.nbdcore.spi.BlockDevice;
import org.nbdcore.spi.BufferList;
import org.nbdcore.spi.Capabilities;
import org.nbdcore.spi.CompletionHandler;
import org.nbdcore.spi.ExtentSink;
import org.nbdcore.spi.Flags;
import org.nbdcore.spi.MetaContextDevice;
import org.nbdcore.spi.ZeroCopyReadable;
import org.nbdcore.spi.helpers.BlockDevices;

/** A device of a third-party jar, called with the jar's class loader. */
final class ThirdPartyDevice implements AsyncBlockDevice, ZeroCopyReadable, MetaContextDevice {

  private final BlockDevice device;
  private final ContextClassLoaders loader;

  ThirdPartyDevice(BlockDevice device, ContextClassLoaders loader) {
    this.device = device;
    this.loader = loader;
  }

  @Override
  public long size() throws IOException {
    return loader.during(device::size);
  }

  @Override
  public Capabilities capabilities() throws IOException {
    return loader.during(device::capabilities);
  }

  @Override
  public Optional<String> description() throws IOException {
    return loader.during(device::description);
  }

  @Override
  public void read(ByteBuffer dst, long offset) throws IOException {
    ClassLoader before = loader.enter();
    try {
      device.read(dst, offset);
    } finally {
      loader.leave(before);
    }
  }

  @Override
  public boolean readZeroCopy(long offset, long length, BufferList buffers) throws IOException {
    ClassLoader before = loader.enter();
    try {
      return BlockDevices.readZeroCopy(device, offset, length, buffers);
    } finally {
      loader.leave(before);
    }
  }

  @Override
  public void write(ByteBuffer src, long offset, Flags flags) throws IOException {
    ClassLoader before = loader.enter();
    try {
      device.write(src, offset, flags);
    } finally {
      loader.leave(before);
    }
  }

  @Override
  public boolean prefersAsync() {
    ClassLoader before = loader.enter();
    try {
      return BlockDevices.prefersAsync(device);
    } finally {
      loader.leave(before);
    }
  }

  @Override
  public boolean readAsync(ByteBuffer dst, long offset, CompletionHandler completion)
      throws IOException {
    ClassLoader before = loader.enter();
    try {
      return BlockDevices.readAsync(device, dst, offset, told(completion));
    } finally {
      loader.leave(before);
    }
  }

  @Override
  public boolean writeAsync(ByteBuffer src, long offset, Flags flags, CompletionHandler completion)
      throws IOException {
    ClassLoader before = loader.enter();
    try {
      return BlockDevices.writeAsync(device, src, offset, flags, told(completion));
    } finally {
      loader.leave(before);
    }
  }

  /** The result is the device's code too, and is checked by a thread of the server's. */
  private CompletionHandler told(CompletionHandler completion) {
    return result -> completion.completed(() -> loader.run(result::join));
  }

  @Override
  public void flush() throws IOException {
    ClassLoader before = loader.enter();
    try {
      device.flush();
    } finally {
      loader.leave(before);
    }
  }

  @Override
  public void trim(long offset, long length, Flags flags) throws IOException {
    ClassLoader before = loader.enter();
    try {
      device.trim(offset, length, flags);
    } finally {
      loader.leave(before);
    }
  }

  @Override
  public void zero(long offset, long length, Flags flags) throws IOException {
    ClassLoader before = loader.enter();
    try {
      device.zero(offset, length, flags);
    } finally {
      loader.leave(before);
    }
  }

  @Override
  public void extents(long offset, long length, Flags flags, ExtentSink sink) throws IOException {
    ClassLoader before = loader.enter();
    try {
      device.extents(offset, length, flags, sink);
    } finally {
      loader.leave(before);
    }
  }

  @Override
  public List<String> metaContexts() throws IOException {
    return loader.during(() -> BlockDevices.metaContexts(device));
  }

  @Override
  public void metaContextExtents(
      String context, long offset, long length, Flags flags, ExtentSink sink) throws IOException {
    ClassLoader before = loader.enter();
    try {
      BlockDevices.metaContextExtents(device, context, offset, length, flags, sink);
    } finally {
      loader.leave(before);
    }
  }

  @Override
  public void cache(long offset, long length) throws IOException {
    ClassLoader before = loader.enter();
    try {
      device.cache(offset, length);
    } finally {
      loader.leave(before);
    }
  }

  @Override
  public void close() throws IOException {
    ClassLoader before = loader.enter();
    try {
      device.close();
    } finally {
      loader.leave(before);
    }
  }
}
