package org.nbdcore.cli;

import java.io.FileDescriptor;
import java.io.IOException;
import java.lang.reflect.Constructor;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.net.ProtocolFamily;
import java.net.SocketAddress;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.channels.Channel;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.nio.channels.spi.SelectorProvider;

/**
 * Converts between channels and the numbers of descriptors. Java has only {@link
 * System#inheritedChannel}, which works once, for standard input. The launcher opens the JDK's
 * internal package if an option needs this class.
 */
final class Descriptors {

  private static final String PACKAGE = "sun.nio.ch";

  private Descriptors() {}

  /** A channel over a socket that listens, which it owns. */
  static ServerSocketChannel listening(int descriptor, ProtocolFamily family) throws IOException {
    try {
      Constructor<?> constructor =
          type("ServerSocketChannelImpl")
              .getDeclaredConstructor(
                  SelectorProvider.class,
                  ProtocolFamily.class,
                  FileDescriptor.class,
                  boolean.class);
      constructor.setAccessible(true);
      return (ServerSocketChannel)
          constructor.newInstance(SelectorProvider.provider(), family, file(descriptor), true);
    } catch (ReflectiveOperationException | RuntimeException e) {
      throw unavailable(e);
    }
  }

  /** A channel over a connected stream socket of any family, which it owns. */
  static SocketChannel connected(int descriptor) throws IOException {
    try {
      Constructor<?> constructor =
          type("SocketChannelImpl")
              .getDeclaredConstructor(
                  SelectorProvider.class,
                  ProtocolFamily.class,
                  FileDescriptor.class,
                  SocketAddress.class);
      constructor.setAccessible(true);
      return (SocketChannel)
          constructor.newInstance(
              SelectorProvider.provider(),
              StandardProtocolFamily.UNIX,
              file(descriptor),
              UnixDomainSocketAddress.of(""));
    } catch (ReflectiveOperationException | RuntimeException e) {
      throw unavailable(e);
    }
  }

  /** The number of a channel's descriptor. */
  static int number(Channel channel) throws IOException {
    try {
      Method method = type("SelChImpl").getMethod("getFDVal");
      method.setAccessible(true);
      return (int) method.invoke(channel);
    } catch (ReflectiveOperationException | RuntimeException e) {
      throw unavailable(e);
    }
  }

  private static FileDescriptor file(int descriptor) throws ReflectiveOperationException {
    Method method = type("IOUtil").getMethod("newFD", int.class);
    method.setAccessible(true);
    return (FileDescriptor) method.invoke(null, descriptor);
  }

  private static Class<?> type(String name) throws ClassNotFoundException {
    return Class.forName(PACKAGE + "." + name);
  }

  private static IOException unavailable(Exception failure) {
    Throwable cause = failure instanceof InvocationTargetException ? failure.getCause() : failure;
    if (cause instanceof IOException io) {
      return io;
    }
    return new IOException(
        "this needs the launcher bin/nbd-core, or java --add-opens=java.base/"
            + PACKAGE
            + "=ALL-UNNAMED: "
            + cause.getMessage(),
        cause);
  }
}
