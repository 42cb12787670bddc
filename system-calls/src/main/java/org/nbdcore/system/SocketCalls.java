package org.nbdcore.system;

import com.sun.jna.LastErrorException;
import com.sun.jna.Native;
import com.sun.jna.NativeLibrary;
import com.sun.jna.Pointer;

/**
 * System calls for sockets of types that Java does not support. Calls that do not throw return -1
 * on failure; {@link ErrorText#last} then returns the reason. Loading this class loads JNA.
 */
public final class SocketCalls {

  /** Address family of Unix sockets. */
  public static final int AF_UNIX = 1;

  /** Address family of IPv4. */
  public static final int AF_INET = 2;

  /** Address family of IPv6. */
  public static final int AF_INET6 = 10;

  /** Address family of sockets between virtual machines and their host. */
  public static final int AF_VSOCK = 40;

  /** Socket type: byte streams. */
  public static final int SOCK_STREAM = 1;

  /** Socket type: datagrams. */
  public static final int SOCK_DGRAM = 2;

  /** Added to a socket type: child processes do not inherit the descriptor. */
  public static final int SOCK_CLOEXEC = 0x80000;

  /** Level of the options of all sockets. */
  public static final int SOL_SOCKET = 1;

  /** Option: the socket type. */
  public static final int SO_TYPE = 3;

  /** Option: the receive timeout, a {@code struct timeval}. */
  public static final int SO_RCVTIMEO = 20;

  /** Option: whether the socket listens. */
  public static final int SO_ACCEPTCONN = 30;

  /** Option: the address family. */
  public static final int SO_DOMAIN = 39;

  /** Level of the options of IPv6. */
  public static final int IPPROTO_IPV6 = 41;

  /** Option: IPv6 only. */
  public static final int IPV6_V6ONLY = 26;

  /** Option: how long {@code close} waits; two numbers. */
  static final int SO_LINGER = 13;

  /** Option: the credentials of a Unix socket's peer; three numbers. */
  static final int SO_PEERCRED = 17;

  /** For {@link #send}: an error instead of SIGPIPE if the peer has closed the connection. */
  public static final int MSG_NOSIGNAL = 0x4000;

  /** For {@link #shutdown}: both directions. */
  public static final int SHUT_RDWR = 2;

  static {
    Native.register(SocketCalls.class, NativeLibrary.getProcess());
  }

  private SocketCalls() {}

  /** Creates a socket. */
  public static native int socket(int family, int type, int protocol);

  /** Connects a socket to an address. */
  public static native int connect(int socket, Pointer address, int length);

  /** Reads an option. */
  public static native int getsockopt(int socket, int level, int name, int[] value, int[] length);

  /** Sets an option. */
  public static native int setsockopt(int socket, int level, int name, int[] value, int length);

  /** Binds a socket to an address. */
  public static native int bind(int socket, Pointer address, int length);

  /** Starts to listen. */
  public static native int listen(int socket, int backlog);

  /** Accepts a connection. */
  public static native int accept4(int socket, Pointer address, Pointer length, int flags);

  /**
   * Sends bytes to an address. The length is a {@code size_t}; lengths in use fit into 32 bits too.
   */
  public static native long sendto(
      int socket, byte[] bytes, long length, int flags, Pointer address, int addressLength);

  /** Receives. */
  public static native long read(int descriptor, Pointer buffer, long length)
      throws LastErrorException;

  /** Sends. */
  public static native long send(int descriptor, Pointer buffer, long length, int flags)
      throws LastErrorException;

  /** Shuts a connection down, which also wakes threads that are blocked on it. */
  public static native int shutdown(int descriptor, int how) throws LastErrorException;

  /**
   * Reads an option that consists of as many numbers as {@code value} has elements.
   *
   * @return false if the socket does not have the option
   */
  static boolean option(int socket, int name, int[] value) {
    int[] length = {value.length * Integer.BYTES};
    return getsockopt(socket, SOL_SOCKET, name, value, length) == 0
        && length[0] == value.length * Integer.BYTES;
  }

  /** Reads an option that is one number; -1 if the descriptor does not have the option. */
  public static int option(int socket, int name) {
    int[] value = new int[1];
    return option(socket, name, value) ? value[0] : -1;
  }
}
