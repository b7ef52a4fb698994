// The partners of the changes of a product's factors: the means of the other factor, or if ORDERED its value at the end
// for the second factor's change and at the start for the first's. Without PAIRED there is one point, which is both.
fn late(start: Vec, end: Vec) -> Vec {
//@ if PAIRED
//@   if ORDERED
  return end;
//@   else
  return 0.5f * (start + end);
//@   end
//@ else
  return start;
//@ end
}

fn early(start: Vec, end: Vec) -> Vec {
//@ if PAIRED
//@   if ORDERED
  return start;
//@   else
  return 0.5f * (start + end);
//@   end
//@ else
  return start;
//@ end
}
