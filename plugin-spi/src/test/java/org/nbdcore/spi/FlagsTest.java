package org.nbdcore.spi;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.Test;

final class FlagsTest {

  private static final List<Flags> SINGLE =
      List.of(Flags.FUA, Flags.MAY_TRIM, Flags.FAST_ZERO, Flags.REQ_ONE);

  @Test
  void thereIsOneInstanceForEachSet() {
    Flags one = Flags.FUA.with(Flags.MAY_TRIM).with(Flags.REQ_ONE);
    Flags other = Flags.REQ_ONE.with(Flags.MAY_TRIM).with(Flags.FUA).with(Flags.MAY_TRIM);
    assertThat(one).isSameAs(other);
    assertThat(one.without(Flags.FUA).without(Flags.REQ_ONE)).isSameAs(Flags.MAY_TRIM);
    assertThat(Flags.FUA.without(Flags.FUA)).isSameAs(Flags.NONE);
  }

  @Test
  void flagsAreIndependentOfEachOther() {
    for (Flags flag : SINGLE) {
      for (Flags other : SINGLE) {
        assertThat(flag.has(other)).as("%s has %s", flag, other).isEqualTo(flag == other);
        assertThat(flag.with(other).has(flag)).isTrue();
        assertThat(flag.with(other).has(other)).isTrue();
        assertThat(flag.without(other)).isSameAs(flag == other ? Flags.NONE : flag);
        assertThat(flag.only(other)).isSameAs(flag == other ? flag : Flags.NONE);
      }
    }
  }

  @Test
  void hasRequiresAllFlagsOfASet() {
    Flags both = Flags.FUA.with(Flags.MAY_TRIM);
    assertThat(both.has(both)).isTrue();
    assertThat(Flags.FUA.has(both)).isFalse();
    assertThat(Flags.NONE.has(both)).isFalse();
    assertThat(Flags.NONE.has(Flags.NONE)).isTrue();
  }

  @Test
  void onlyTheEmptySetIsEmpty() {
    assertThat(Flags.NONE.isEmpty()).isTrue();
    assertThat(SINGLE).noneMatch(Flags::isEmpty);
  }

  @Test
  void toStringListsTheNamesOfTheFlags() {
    assertThat(Flags.NONE).hasToString("none");
    assertThat(Flags.FUA).hasToString("fua");
    assertThat(Flags.FUA.with(Flags.MAY_TRIM).with(Flags.FAST_ZERO).with(Flags.REQ_ONE))
        .hasToString("fua,may-trim,fast-zero,req-one");
  }
}
