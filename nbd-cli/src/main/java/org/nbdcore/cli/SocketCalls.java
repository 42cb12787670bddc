package org.nbdcore.cli;

import com.sun.jna.Native;
import com.sun.jna.Pointer;

/** The system calls about sockets of kinds that Java does not have. */
final class SocketCalls {

  static final int AF_UNIX = 1;
  static final int AF_INET = 2;
  static final int AF_INET6 = 10;
  static final int AF_VSOCK = 40;
  static final int SOCK_STREAM = 1;
  static final int SOCK_DGRAM = 2;
  static final int SOCK_CLOEXEC = 0x80000;
  static final int SOL_SOCKET = 1;
  static final int SO_TYPE = 3;
  static final int SO_RCVTIMEO = 20;
  static final int SO_ACCEPTCONN = 30;
  static final int SO_DOMAIN = 39;
  static final int IPPROTO_IPV6 = 41;
  static final int IPV6_V6ONLY = 26;

  static {
    Native.register(SocketCalls.class, "c");
  }

  private SocketCalls() {}

  static native int socket(int family, int type, int protocol);

  static native int getsockopt(int socket, int level, int name, int[] value, int[] length);

  static native int setsockopt(int socket, int level, int name, int[] value, int length);

  static native int bind(int socket, Pointer address, int length);

  static native int listen(int socket, int backlog);

  /** The peer's address is left out. */
  static native int accept4(int socket, Pointer address, Pointer length, int flags);

  /** Its lengths are size_t; what is sent here is short enough for either. */
  static native long sendto(
      int socket, byte[] bytes, long length, int flags, Pointer address, int addressLength);

  /** An option that is a number, or -1 if the descriptor has none such. */
  static int option(int socket, int name) {
    int[] value = {0};
    return getsockopt(socket, SOL_SOCKET, name, value, new int[] {Integer.BYTES}) == 0
        ? value[0]
        : -1;
  }
}
