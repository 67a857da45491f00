; Made by `make kernels` from vision/kernels/face_search.py: LLVM's intermediate representation. Never edited.

; Function Attrs: nofree norecurse nosync nounwind memory(argmem: readwrite)
define noundef i32 @passing_windows(ptr noalias writeonly captures(none) %retptr, ptr noalias readnone captures(none) %excinfo, ptr readnone captures(none) %arg.pixels.0, ptr readnone captures(none) %arg.pixels.1, i64 %arg.pixels.2, i64 %arg.pixels.3, ptr readonly captures(none) %arg.pixels.4, i64 %arg.pixels.5.0, i64 %arg.pixels.6.0, i64 %arg.rows, i64 %arg.columns, i64 %arg.window, ptr readnone captures(none) %arg.first.0, ptr readnone captures(none) %arg.first.1, i64 %arg.first.2, i64 %arg.first.3, ptr readonly captures(none) %arg.first.4, i64 %arg.first.5.0, i64 %arg.first.6.0, ptr readnone captures(none) %arg.passes.0, ptr readnone captures(none) %arg.passes.1, i64 %arg.passes.2, i64 %arg.passes.3, ptr readonly captures(none) %arg.passes.4, i64 %arg.passes.5.0, i64 %arg.passes.6.0, ptr readnone captures(none) %arg.trees.0, ptr readnone captures(none) %arg.trees.1, i64 %arg.trees.2, i64 %arg.trees.3, ptr readonly captures(none) %arg.trees.4, i64 %arg.trees.5.0, i64 %arg.trees.6.0, ptr readnone captures(none) %arg.corners.0, ptr readnone captures(none) %arg.corners.1, i64 %arg.corners.2, i64 %arg.corners.3, ptr readonly captures(none) %arg.corners.4, i64 %arg.corners.5.0, i64 %arg.corners.6.0, i64 %arg.count, ptr readnone captures(none) %arg.octets.0, ptr readnone captures(none) %arg.octets.1, i64 %arg.octets.2, i64 %arg.octets.3, ptr captures(none) %arg.octets.4, i64 %arg.octets.5.0, i64 %arg.octets.6.0, ptr readnone captures(none) %arg.ints.0, ptr readnone captures(none) %arg.ints.1, i64 %arg.ints.2, i64 %arg.ints.3, ptr %arg.ints.4, i64 %arg.ints.5.0, i64 %arg.ints.6.0, ptr readnone captures(none) %arg.indices.0, ptr readnone captures(none) %arg.indices.1, i64 %arg.indices.2, i64 %arg.indices.3, ptr captures(none) %arg.indices.4, i64 %arg.indices.5.0, i64 %arg.indices.6.0, ptr readnone captures(none) %arg.floats.0, ptr readnone captures(none) %arg.floats.1, i64 %arg.floats.2, i64 %arg.floats.3, ptr captures(none) %arg.floats.4, i64 %arg.floats.5.0, i64 %arg.floats.6.0) local_unnamed_addr #0 {
entry:
  %.2731 = alloca i64, align 8
  store i64 0, ptr %.2731, align 8
  %.120 = sdiv i64 %arg.rows, 2
  %0 = and i64 %arg.rows, -9223372036854775807
  %.123 = icmp ne i64 %0, -9223372036854775807
  %1 = zext i1 %.123 to i64
  %.109.0 = add nsw i64 %.120, %1
  %.143 = add nsw i64 %arg.columns, 1
  %.162 = sdiv i64 %.143, 2
  %2 = and i64 %.143, -9223372036854775807
  %.165 = icmp ne i64 %2, -9223372036854775807
  %3 = zext i1 %.165 to i64
  %.151.0 = add nsw i64 %.162, %3
  %.189 = mul nsw i64 %.151.0, %.109.0
  %.194 = sub nsw i64 %arg.rows, %arg.window
  %.213 = sdiv i64 %.194, 2
  %4 = and i64 %.194, -9223372036854775807
  %.216 = icmp ne i64 %4, -9223372036854775807
  %5 = zext i1 %.216 to i64
  %.202.0 = add nsw i64 %.213, %5
  %.237 = sub nsw i64 %arg.columns, %arg.window
  %.256 = sdiv i64 %.237, 2
  %6 = and i64 %.237, -9223372036854775807
  %.259 = icmp ne i64 %6, -9223372036854775807
  %7 = zext i1 %.259 to i64
  %.245.0 = add nsw i64 %.256, %7
  %.283 = shl nsw i64 %.189, 2
  %.329 = icmp slt i64 %arg.ints.5.0, 1
  br i1 %.329, label %B0.endif.endif.endif.endif.else.endif.if, label %B0.endif.endif.endif.endif.else.endif.endif, !prof !0

B618:                                             ; preds = %B1134.loopexit.i
  %.2322 = mul nsw i64 %.2160.0843, %.151.0
  br label %B48.if.i

B136.i:                                           ; preds = %B48.if.i
  br i1 %.412656.not.i, label %B714.if.lr.ph, label %B168.if.lr.ph.i

B168.if.lr.ph.i:                                  ; preds = %B136.i
  %8 = getelementptr float, ptr %.1626, i64 %found.2.0845
  %9 = getelementptr i32, ptr %.422, i64 %.2322
  br label %B168.if.i

B166.loopexit.i:                                  ; preds = %B678.if.i
  %exitcond.not.i = icmp eq i64 %.425.i, %.11.i
  br i1 %exitcond.not.i, label %B714.if.lr.ph, label %B168.if.i

B678.if.lr.ph.i:                                  ; preds = %B837.i, %B168.if.i
  %.1200.i = getelementptr float, ptr %arg.passes.4, i64 %.355.0658.i
  br label %B678.if.i

B498.i:                                           ; preds = %_ZN7cascade7ask_rowB2v7B52c8tJTIeFIjxB2IKSgI4CrvQCk0Z4yRYcWqCQhqcRsCJNAA_3d_3dE5ArrayIiLi1E1C7mutable7alignedExx5ArrayIiLi1E1C7mutable7alignedE5ArrayIjLi1E1C7mutable7alignedEx5ArrayIiLi1E1C7mutable7alignedE.exit642.i
  %.91.idx.i.i = mul nsw i64 %.829.i, 36
  %.91.i.i = getelementptr i8, ptr %.1449, i64 %.91.idx.i.i
  %.329.i.i = getelementptr i8, ptr %29, i64 20
  %.330.i.i = load i32, ptr %.329.i.i, align 4, !noalias !1
  %.358.i.i = getelementptr i8, ptr %29, i64 32
  %.359.i.i = load i32, ptr %.358.i.i, align 4, !noalias !1
  %.396.i.i = getelementptr i8, ptr %29, i64 44
  %.397.i.i = load i32, ptr %.396.i.i, align 4, !noalias !1
  %.425.i.i = getelementptr i8, ptr %29, i64 56
  %.426.i.i = load i32, ptr %.425.i.i, align 4, !noalias !1
  %.454.i.i = getelementptr i8, ptr %29, i64 68
  %.455.i.i = load i32, ptr %.454.i.i, align 4, !noalias !1
  %.260.i.i = getelementptr i8, ptr %.91.i.i, i64 20
  %.261.i.i = load i32, ptr %.260.i.i, align 4, !noalias !1
  %.263.i.i = zext i32 %.261.i.i to i64
  %.228.i.i = getelementptr i8, ptr %.91.i.i, i64 16
  %.229.i.i = load i32, ptr %.228.i.i, align 4, !noalias !1
  %.231.i.i = zext i32 %.229.i.i to i64
  %.196.i.i = getelementptr i8, ptr %.91.i.i, i64 12
  %.197.i.i = load i32, ptr %.196.i.i, align 4, !noalias !1
  %.199.i.i = zext i32 %.197.i.i to i64
  %.155.i.i = getelementptr i8, ptr %.91.i.i, i64 8
  %.156.i.i = load i32, ptr %.155.i.i, align 4, !noalias !1
  %.158.i.i = zext i32 %.156.i.i to i64
  %.123.i.i = getelementptr i8, ptr %.91.i.i, i64 4
  %.124.i.i = load i32, ptr %.123.i.i, align 4, !noalias !1
  %.126.i.i = zext i32 %.124.i.i to i64
  %.92.i.i = load i32, ptr %.91.i.i, align 4, !noalias !1
  %.94.i.i = zext i32 %.92.i.i to i64
  %10 = getelementptr i32, ptr %9, i64 %.94.i.i
  %11 = getelementptr i32, ptr %9, i64 %.126.i.i
  %12 = getelementptr i32, ptr %9, i64 %.158.i.i
  %13 = getelementptr i32, ptr %9, i64 %.199.i.i
  %14 = getelementptr i32, ptr %9, i64 %.231.i.i
  %15 = getelementptr i32, ptr %9, i64 %.263.i.i
  br label %B686.if.i.i

B1058.i.i:                                        ; preds = %B686.if.i.i
  %.872.i.i = getelementptr i8, ptr %29, i64 80
  %.873.i.i = load i32, ptr %.872.i.i, align 4, !noalias !1
  %.901.i.i = getelementptr i8, ptr %29, i64 92
  %.902.i.i = load i32, ptr %.901.i.i, align 4, !noalias !1
  %.932.i.i = getelementptr i8, ptr %29, i64 104
  %.933.i.i = load i32, ptr %.932.i.i, align 4, !noalias !1
  %.946.not.i.i = icmp eq i32 %.873.i.i, 0
  br i1 %.946.not.i.i, label %_ZN7cascade7ask_rowB2v7B52c8tJTIeFIjxB2IKSgI4CrvQCk0Z4yRYcWqCQhqcRsCJNAA_3d_3dE5ArrayIiLi1E1C7mutable7alignedExx5ArrayIiLi1E1C7mutable7alignedE5ArrayIjLi1E1C7mutable7alignedEx5ArrayIiLi1E1C7mutable7alignedE.exit.i, label %B1398.if.lr.ph.i.i

B1398.if.lr.ph.i.i:                               ; preds = %B1058.i.i
  %.1041.i.i = getelementptr i8, ptr %.91.i.i, i64 32
  %.1042.i.i = load i32, ptr %.1041.i.i, align 4, !noalias !1
  %.1046.i.i = zext i32 %.1042.i.i to i64
  %.1007.i.i = getelementptr i8, ptr %.91.i.i, i64 28
  %.1008.i.i = load i32, ptr %.1007.i.i, align 4, !noalias !1
  %.1010.i.i = zext i32 %.1008.i.i to i64
  %.975.i.i = getelementptr i8, ptr %.91.i.i, i64 24
  %.976.i.i = load i32, ptr %.975.i.i, align 4, !noalias !1
  %.978.i.i = zext i32 %.976.i.i to i64
  %16 = getelementptr i32, ptr %9, i64 %.978.i.i
  %17 = getelementptr i32, ptr %9, i64 %.1010.i.i
  %18 = getelementptr i32, ptr %9, i64 %.1046.i.i
  br label %B1398.if.i.i

B686.if.i.i:                                      ; preds = %B686.if.i.i, %B498.i
  %.489.0595.i.i = phi i64 [ 0, %B498.i ], [ %.560.i.i, %B686.if.i.i ]
  %.560.i.i = add nuw nsw i64 %.489.0595.i.i, 1
  %.612.i.i = getelementptr i32, ptr %10, i64 %.489.0595.i.i
  %.613.i.i = load i32, ptr %.612.i.i, align 4, !noalias !1
  %.617.i.i = mul i32 %.613.i.i, %.858.i
  %.645.i.i = getelementptr i32, ptr %11, i64 %.489.0595.i.i
  %.646.i.i = load i32, ptr %.645.i.i, align 4, !noalias !1
  %.650.i.i = mul i32 %.646.i.i, %.330.i.i
  %.651.i.i = add i32 %.650.i.i, %.617.i.i
  %.679.i.i = getelementptr i32, ptr %12, i64 %.489.0595.i.i
  %.680.i.i = load i32, ptr %.679.i.i, align 4, !noalias !1
  %.684.i.i = mul i32 %.680.i.i, %.359.i.i
  %.685.i.i = add i32 %.651.i.i, %.684.i.i
  %.713.i.i = getelementptr i32, ptr %13, i64 %.489.0595.i.i
  %.714.i.i = load i32, ptr %.713.i.i, align 4, !noalias !1
  %.718.i.i = mul i32 %.714.i.i, %.397.i.i
  %.719.i.i = add i32 %.685.i.i, %.718.i.i
  %.747.i.i = getelementptr i32, ptr %14, i64 %.489.0595.i.i
  %.748.i.i = load i32, ptr %.747.i.i, align 4, !noalias !1
  %.752.i.i = mul i32 %.748.i.i, %.426.i.i
  %.753.i.i = add i32 %.719.i.i, %.752.i.i
  %.781.i.i = getelementptr i32, ptr %15, i64 %.489.0595.i.i
  %.782.i.i = load i32, ptr %.781.i.i, align 4, !noalias !1
  %.786.i.i = mul i32 %.782.i.i, %.455.i.i
  %.787.i.i = add i32 %.753.i.i, %.786.i.i
  %.813.i.i = getelementptr i32, ptr %.764, i64 %.489.0595.i.i
  store i32 %.787.i.i, ptr %.813.i.i, align 4, !noalias !1
  %exitcond.not.i.i = icmp eq i64 %.245.0, %.560.i.i
  br i1 %exitcond.not.i.i, label %B1058.i.i, label %B686.if.i.i

B1398.if.i.i:                                     ; preds = %B1398.if.i.i, %B1398.if.lr.ph.i.i
  %.1085.0598.i.i = phi i64 [ 0, %B1398.if.lr.ph.i.i ], [ %.1154.i.i, %B1398.if.i.i ]
  %.1154.i.i = add nuw nsw i64 %.1085.0598.i.i, 1
  %.1204.i.i = getelementptr i32, ptr %.764, i64 %.1085.0598.i.i
  %.1205.i.i = load i32, ptr %.1204.i.i, align 4, !noalias !1
  %.1233.i.i = getelementptr i32, ptr %16, i64 %.1085.0598.i.i
  %.1234.i.i = load i32, ptr %.1233.i.i, align 4, !noalias !1
  %.1238.i.i = mul i32 %.1234.i.i, %.873.i.i
  %.1266.i.i = getelementptr i32, ptr %17, i64 %.1085.0598.i.i
  %.1267.i.i = load i32, ptr %.1266.i.i, align 4, !noalias !1
  %.1271.i.i = mul i32 %.1267.i.i, %.902.i.i
  %.1300.i.i = getelementptr i32, ptr %18, i64 %.1085.0598.i.i
  %.1301.i.i = load i32, ptr %.1300.i.i, align 4, !noalias !1
  %.1305.i.i = mul i32 %.1301.i.i, %.933.i.i
  %.1272.i.i = add i32 %.1238.i.i, %.1205.i.i
  %.1306.i.i = add i32 %.1272.i.i, %.1271.i.i
  %.1308.i.i = add i32 %.1306.i.i, %.1305.i.i
  store i32 %.1308.i.i, ptr %.1204.i.i, align 4, !noalias !1
  %exitcond600.not.i.i = icmp eq i64 %.245.0, %.1154.i.i
  br i1 %exitcond600.not.i.i, label %_ZN7cascade7ask_rowB2v7B52c8tJTIeFIjxB2IKSgI4CrvQCk0Z4yRYcWqCQhqcRsCJNAA_3d_3dE5ArrayIiLi1E1C7mutable7alignedExx5ArrayIiLi1E1C7mutable7alignedE5ArrayIjLi1E1C7mutable7alignedEx5ArrayIiLi1E1C7mutable7alignedE.exit.i, label %B1398.if.i.i

_ZN7cascade7ask_rowB2v7B52c8tJTIeFIjxB2IKSgI4CrvQCk0Z4yRYcWqCQhqcRsCJNAA_3d_3dE5ArrayIiLi1E1C7mutable7alignedExx5ArrayIiLi1E1C7mutable7alignedE5ArrayIjLi1E1C7mutable7alignedEx5ArrayIiLi1E1C7mutable7alignedE.exit.i: ; preds = %B1398.if.i.i, %B1058.i.i
  %.91.idx.i499.i = mul nsw i64 %.785.i, 24
  %.91.i500.i = getelementptr i8, ptr %arg.trees.4, i64 %.91.idx.i499.i
  %.92.i501.i = load float, ptr %.91.i500.i, align 4, !noalias !6
  %.118.i.i = getelementptr i8, ptr %.91.i500.i, i64 4
  %.119.i.i = load float, ptr %.118.i.i, align 4, !noalias !6
  %.151.i.i = getelementptr i8, ptr %.91.i500.i, i64 8
  %.152.i.i = load float, ptr %.151.i.i, align 4, !noalias !6
  %.178.i.i = getelementptr i8, ptr %.91.i500.i, i64 12
  %.179.i.i = load float, ptr %.178.i.i, align 4, !noalias !6
  %.205.i.i = getelementptr i8, ptr %.91.i500.i, i64 16
  %.206.i.i = load float, ptr %.205.i.i, align 4, !noalias !6
  %.232.i.i = getelementptr i8, ptr %.91.i500.i, i64 20
  %.233.i.i = load float, ptr %.232.i.i, align 4, !noalias !6
  br label %B342.if.i.i

B342.if.i.i:                                      ; preds = %_ZN7cascade7ask_rowB2v7B52c8tJTIeFIjxB2IKSgI4CrvQCk0Z4yRYcWqCQhqcRsCJNAA_3d_3dE5ArrayIiLi1E1C7mutable7alignedExx5ArrayIiLi1E1C7mutable7alignedE5ArrayIjLi1E1C7mutable7alignedEx5ArrayIiLi1E1C7mutable7alignedE.exit.i, %B342.if.i.i
  %.277.0241.i.i = phi i64 [ %.348.i.i, %B342.if.i.i ], [ 0, %_ZN7cascade7ask_rowB2v7B52c8tJTIeFIjxB2IKSgI4CrvQCk0Z4yRYcWqCQhqcRsCJNAA_3d_3dE5ArrayIiLi1E1C7mutable7alignedExx5ArrayIiLi1E1C7mutable7alignedE5ArrayIjLi1E1C7mutable7alignedEx5ArrayIiLi1E1C7mutable7alignedE.exit.i ]
  %.348.i.i = add nuw nsw i64 %.277.0241.i.i, 1
  %.404.i.i = getelementptr float, ptr %.1965, i64 %.277.0241.i.i
  %.405.i.i = load float, ptr %.404.i.i, align 4, !noalias !6
  %.435.i.i = getelementptr i32, ptr %.764, i64 %.277.0241.i.i
  %.436.i.i = load i32, ptr %.435.i.i, align 4, !noalias !6
  %.437.i.i = sitofp i32 %.436.i.i to float
  %.439.i.i = fmul float %.405.i.i, %.437.i.i
  %.441.i.i = fcmp olt float %.439.i.i, %.119.i.i
  %.152..179.i.i = select i1 %.441.i.i, float %.152.i.i, float %.179.i.i
  %"$phi508.1.2.1.i.i" = select i1 %.441.i.i, float %.206.i.i, float %.233.i.i
  %.509.i.i = getelementptr float, ptr %8, i64 %.277.0241.i.i
  %.510.i.i = load float, ptr %.509.i.i, align 4, !noalias !6
  %.539.i.i = getelementptr i32, ptr %.593, i64 %.277.0241.i.i
  %.540.i.i = load i32, ptr %.539.i.i, align 4, !noalias !6
  %.541.i.i = sitofp i32 %.540.i.i to float
  %.543.i.i = fmul float %.405.i.i, %.541.i.i
  %.547.i.i = fcmp olt float %.543.i.i, %.92.i501.i
  %"$phi658.4.2.1.i.i" = select i1 %.547.i.i, float %.152..179.i.i, float %"$phi508.1.2.1.i.i"
  %.578.i.i = fadd float %.510.i.i, %"$phi658.4.2.1.i.i"
  store float %.578.i.i, ptr %.509.i.i, align 4, !noalias !6
  %exitcond.not.i502.i = icmp eq i64 %.348.i.i, %.245.0
  br i1 %exitcond.not.i502.i, label %B837.i, label %B342.if.i.i

B600.i:                                           ; preds = %_ZN7cascade7ask_rowB2v7B52c8tJTIeFIjxB2IKSgI4CrvQCk0Z4yRYcWqCQhqcRsCJNAA_3d_3dE5ArrayIiLi1E1C7mutable7alignedExx5ArrayIiLi1E1C7mutable7alignedE5ArrayIjLi1E1C7mutable7alignedEx5ArrayIiLi1E1C7mutable7alignedE.exit642.i
  %.91.idx.i504.i = mul nsw i64 %.785.i, 24
  %.91.i505.i = getelementptr i8, ptr %arg.trees.4, i64 %.91.idx.i504.i
  %.92.i506.i = load float, ptr %.91.i505.i, align 4, !noalias !9
  %.118.i507.i = getelementptr i8, ptr %.91.i505.i, i64 4
  %.119.i508.i = load float, ptr %.118.i507.i, align 4, !noalias !9
  %.151.i509.i = getelementptr i8, ptr %.91.i505.i, i64 8
  %.152.i510.i = load float, ptr %.151.i509.i, align 4, !noalias !9
  %.178.i511.i = getelementptr i8, ptr %.91.i505.i, i64 12
  %.179.i512.i = load float, ptr %.178.i511.i, align 4, !noalias !9
  %.205.i513.i = getelementptr i8, ptr %.91.i505.i, i64 16
  %.206.i514.i = load float, ptr %.205.i513.i, align 4, !noalias !9
  %.232.i515.i = getelementptr i8, ptr %.91.i505.i, i64 20
  %.233.i516.i = load float, ptr %.232.i515.i, align 4, !noalias !9
  br label %B342.if.i519.i

B342.if.i519.i:                                   ; preds = %B600.i, %B342.if.i519.i
  %.277.0241.i520.i = phi i64 [ %.348.i521.i, %B342.if.i519.i ], [ 0, %B600.i ]
  %.348.i521.i = add nuw nsw i64 %.277.0241.i520.i, 1
  %.404.i522.i = getelementptr float, ptr %.1965, i64 %.277.0241.i520.i
  %.405.i523.i = load float, ptr %.404.i522.i, align 4, !noalias !9
  %.435.i524.i = getelementptr i32, ptr %.593, i64 %.277.0241.i520.i
  %.436.i525.i = load i32, ptr %.435.i524.i, align 4, !noalias !9
  %.437.i526.i = sitofp i32 %.436.i525.i to float
  %.439.i527.i = fmul float %.405.i523.i, %.437.i526.i
  %.441.i528.i = fcmp olt float %.439.i527.i, %.119.i508.i
  %.152..179.i529.i = select i1 %.441.i528.i, float %.152.i510.i, float %.179.i512.i
  %"$phi508.1.2.1.i530.i" = select i1 %.441.i528.i, float %.206.i514.i, float %.233.i516.i
  %.509.i531.i = getelementptr float, ptr %8, i64 %.277.0241.i520.i
  %.510.i532.i = load float, ptr %.509.i531.i, align 4, !noalias !9
  %.547.i537.i = fcmp olt float %.439.i527.i, %.92.i506.i
  %"$phi658.4.2.1.i538.i" = select i1 %.547.i537.i, float %.152..179.i529.i, float %"$phi508.1.2.1.i530.i"
  %.578.i539.i = fadd float %.510.i532.i, %"$phi658.4.2.1.i538.i"
  store float %.578.i539.i, ptr %.509.i531.i, align 4, !noalias !9
  %exitcond.not.i540.i = icmp eq i64 %.348.i521.i, %.245.0
  br i1 %exitcond.not.i540.i, label %B837.i, label %B342.if.i519.i

B837.i:                                           ; preds = %B342.if.i.i, %B342.if.i519.i
  %.742.i = icmp sgt i32 %.689.0652.i, 1
  br i1 %.742.i, label %B364.if.i, label %B678.if.lr.ph.i

B48.if.i:                                         ; preds = %B618, %B48.if.i
  %.169.0646.i = phi i64 [ %.240.i, %B48.if.i ], [ 0, %B618 ]
  %.172.0645.i = phi i64 [ %.236.i, %B48.if.i ], [ %storemerge.i, %B618 ]
  %.236.i = add nsw i64 %.172.0645.i, -1
  %.240.i = add nuw nsw i64 %.169.0646.i, 1
  %.290.i = getelementptr float, ptr %.1965, i64 %.169.0646.i
  %.291.i = load float, ptr %.290.i, align 4, !noalias !12
  %.294.i = fcmp ogt float %.291.i, 0.000000e+00
  %.320.i = getelementptr i8, ptr %arg.octets.4, i64 %.169.0646.i
  %.322.i = zext i1 %.294.i to i8
  store i8 %.322.i, ptr %.320.i, align 1, !noalias !12
  %.227.i = icmp sgt i64 %.172.0645.i, 1
  br i1 %.227.i, label %B48.if.i, label %B136.i

B168.if.i:                                        ; preds = %B166.loopexit.i, %B168.if.lr.ph.i
  %.355.0658.i = phi i64 [ 0, %B168.if.lr.ph.i ], [ %.425.i, %B166.loopexit.i ]
  %.425.i = add nuw nsw i64 %.355.0658.i, 1
  tail call void @llvm.memset.p0.i64(ptr noundef nonnull align 4 dereferenceable(1) %8, i8 0, i64 %46, i1 false), !noalias !12
  %.632.i = getelementptr i32, ptr %arg.first.4, i64 %.355.0658.i
  %.633.i = load i32, ptr %.632.i, align 4, !noalias !12
  %.661.i = getelementptr i8, ptr %.632.i, i64 4
  %.662.i = load i32, ptr %.661.i, align 4, !noalias !12
  %.699.i = sub i32 %.662.i, %.633.i
  %.742650.not.i = icmp slt i32 %.699.i, 1
  br i1 %.742650.not.i, label %B678.if.lr.ph.i, label %B364.if.i

B364.if.i:                                        ; preds = %B168.if.i, %B837.i
  %.689.0652.i = phi i32 [ %.751.i, %B837.i ], [ %.699.i, %B168.if.i ]
  %.686.0651.i = phi i32 [ %.755.i, %B837.i ], [ %.633.i, %B168.if.i ]
  %.751.i = add nsw i32 %.689.0652.i, -1
  %.755.i = add i32 %.686.0651.i, 1
  %.785.i = sext i32 %.686.0651.i to i64
  %.786.i = shl nsw i64 %.785.i, 1
  %.91.idx.i542.i = mul nsw i64 %.785.i, 72
  %.91.i543.i = getelementptr i8, ptr %.1449, i64 %.91.idx.i542.i
  %.idx.i544.i = mul nsw i64 %.785.i, 216
  %19 = getelementptr i8, ptr %arg.corners.4, i64 %.idx.i544.i
  %.300.i545.i = getelementptr i8, ptr %19, i64 8
  %.301.i546.i = load i32, ptr %.300.i545.i, align 4, !noalias !13
  %.329.i547.i = getelementptr i8, ptr %19, i64 20
  %.330.i548.i = load i32, ptr %.329.i547.i, align 4, !noalias !13
  %.358.i549.i = getelementptr i8, ptr %19, i64 32
  %.359.i550.i = load i32, ptr %.358.i549.i, align 4, !noalias !13
  %.396.i551.i = getelementptr i8, ptr %19, i64 44
  %.397.i552.i = load i32, ptr %.396.i551.i, align 4, !noalias !13
  %.425.i553.i = getelementptr i8, ptr %19, i64 56
  %.426.i554.i = load i32, ptr %.425.i553.i, align 4, !noalias !13
  %.454.i555.i = getelementptr i8, ptr %19, i64 68
  %.455.i556.i = load i32, ptr %.454.i555.i, align 4, !noalias !13
  %.260.i559.i = getelementptr i8, ptr %.91.i543.i, i64 20
  %.261.i560.i = load i32, ptr %.260.i559.i, align 4, !noalias !13
  %.263.i561.i = zext i32 %.261.i560.i to i64
  %.228.i562.i = getelementptr i8, ptr %.91.i543.i, i64 16
  %.229.i563.i = load i32, ptr %.228.i562.i, align 4, !noalias !13
  %.231.i564.i = zext i32 %.229.i563.i to i64
  %.196.i565.i = getelementptr i8, ptr %.91.i543.i, i64 12
  %.197.i566.i = load i32, ptr %.196.i565.i, align 4, !noalias !13
  %.199.i567.i = zext i32 %.197.i566.i to i64
  %.155.i568.i = getelementptr i8, ptr %.91.i543.i, i64 8
  %.156.i569.i = load i32, ptr %.155.i568.i, align 4, !noalias !13
  %.158.i570.i = zext i32 %.156.i569.i to i64
  %.123.i571.i = getelementptr i8, ptr %.91.i543.i, i64 4
  %.124.i572.i = load i32, ptr %.123.i571.i, align 4, !noalias !13
  %.126.i573.i = zext i32 %.124.i572.i to i64
  %.92.i574.i = load i32, ptr %.91.i543.i, align 4, !noalias !13
  %.94.i575.i = zext i32 %.92.i574.i to i64
  %20 = getelementptr i32, ptr %9, i64 %.94.i575.i
  %21 = getelementptr i32, ptr %9, i64 %.126.i573.i
  %22 = getelementptr i32, ptr %9, i64 %.158.i570.i
  %23 = getelementptr i32, ptr %9, i64 %.199.i567.i
  %24 = getelementptr i32, ptr %9, i64 %.231.i564.i
  %25 = getelementptr i32, ptr %9, i64 %.263.i561.i
  br label %B686.if.i576.i

B1058.i604.i:                                     ; preds = %B686.if.i576.i
  %.872.i605.i = getelementptr i8, ptr %19, i64 80
  %.873.i606.i = load i32, ptr %.872.i605.i, align 4, !noalias !13
  %.901.i607.i = getelementptr i8, ptr %19, i64 92
  %.902.i608.i = load i32, ptr %.901.i607.i, align 4, !noalias !13
  %.932.i609.i = getelementptr i8, ptr %19, i64 104
  %.933.i610.i = load i32, ptr %.932.i609.i, align 4, !noalias !13
  %.946.not.i611.i = icmp eq i32 %.873.i606.i, 0
  br i1 %.946.not.i611.i, label %_ZN7cascade7ask_rowB2v7B52c8tJTIeFIjxB2IKSgI4CrvQCk0Z4yRYcWqCQhqcRsCJNAA_3d_3dE5ArrayIiLi1E1C7mutable7alignedExx5ArrayIiLi1E1C7mutable7alignedE5ArrayIjLi1E1C7mutable7alignedEx5ArrayIiLi1E1C7mutable7alignedE.exit642.i, label %B1398.if.lr.ph.i614.i

B1398.if.lr.ph.i614.i:                            ; preds = %B1058.i604.i
  %.1041.i615.i = getelementptr i8, ptr %.91.i543.i, i64 32
  %.1042.i616.i = load i32, ptr %.1041.i615.i, align 4, !noalias !13
  %.1046.i617.i = zext i32 %.1042.i616.i to i64
  %.1007.i618.i = getelementptr i8, ptr %.91.i543.i, i64 28
  %.1008.i619.i = load i32, ptr %.1007.i618.i, align 4, !noalias !13
  %.1010.i620.i = zext i32 %.1008.i619.i to i64
  %.975.i621.i = getelementptr i8, ptr %.91.i543.i, i64 24
  %.976.i622.i = load i32, ptr %.975.i621.i, align 4, !noalias !13
  %.978.i623.i = zext i32 %.976.i622.i to i64
  %26 = getelementptr i32, ptr %9, i64 %.978.i623.i
  %27 = getelementptr i32, ptr %9, i64 %.1010.i620.i
  %28 = getelementptr i32, ptr %9, i64 %.1046.i617.i
  br label %B1398.if.i624.i

B686.if.i576.i:                                   ; preds = %B686.if.i576.i, %B364.if.i
  %.489.0595.i577.i = phi i64 [ 0, %B364.if.i ], [ %.560.i578.i, %B686.if.i576.i ]
  %.560.i578.i = add nuw nsw i64 %.489.0595.i577.i, 1
  %.612.i579.i = getelementptr i32, ptr %20, i64 %.489.0595.i577.i
  %.613.i580.i = load i32, ptr %.612.i579.i, align 4, !noalias !13
  %.617.i581.i = mul i32 %.613.i580.i, %.301.i546.i
  %.645.i582.i = getelementptr i32, ptr %21, i64 %.489.0595.i577.i
  %.646.i583.i = load i32, ptr %.645.i582.i, align 4, !noalias !13
  %.650.i584.i = mul i32 %.646.i583.i, %.330.i548.i
  %.651.i585.i = add i32 %.650.i584.i, %.617.i581.i
  %.679.i586.i = getelementptr i32, ptr %22, i64 %.489.0595.i577.i
  %.680.i587.i = load i32, ptr %.679.i586.i, align 4, !noalias !13
  %.684.i588.i = mul i32 %.680.i587.i, %.359.i550.i
  %.685.i589.i = add i32 %.651.i585.i, %.684.i588.i
  %.713.i590.i = getelementptr i32, ptr %23, i64 %.489.0595.i577.i
  %.714.i591.i = load i32, ptr %.713.i590.i, align 4, !noalias !13
  %.718.i592.i = mul i32 %.714.i591.i, %.397.i552.i
  %.719.i593.i = add i32 %.685.i589.i, %.718.i592.i
  %.747.i594.i = getelementptr i32, ptr %24, i64 %.489.0595.i577.i
  %.748.i595.i = load i32, ptr %.747.i594.i, align 4, !noalias !13
  %.752.i596.i = mul i32 %.748.i595.i, %.426.i554.i
  %.753.i597.i = add i32 %.719.i593.i, %.752.i596.i
  %.781.i598.i = getelementptr i32, ptr %25, i64 %.489.0595.i577.i
  %.782.i599.i = load i32, ptr %.781.i598.i, align 4, !noalias !13
  %.786.i600.i = mul i32 %.782.i599.i, %.455.i556.i
  %.787.i601.i = add i32 %.753.i597.i, %.786.i600.i
  %.813.i602.i = getelementptr i32, ptr %.593, i64 %.489.0595.i577.i
  store i32 %.787.i601.i, ptr %.813.i602.i, align 4, !noalias !13
  %exitcond.not.i603.i = icmp eq i64 %.245.0, %.560.i578.i
  br i1 %exitcond.not.i603.i, label %B1058.i604.i, label %B686.if.i576.i

B1398.if.i624.i:                                  ; preds = %B1398.if.i624.i, %B1398.if.lr.ph.i614.i
  %.1085.0598.i625.i = phi i64 [ 0, %B1398.if.lr.ph.i614.i ], [ %.1154.i626.i, %B1398.if.i624.i ]
  %.1154.i626.i = add nuw nsw i64 %.1085.0598.i625.i, 1
  %.1204.i627.i = getelementptr i32, ptr %.593, i64 %.1085.0598.i625.i
  %.1205.i628.i = load i32, ptr %.1204.i627.i, align 4, !noalias !13
  %.1233.i629.i = getelementptr i32, ptr %26, i64 %.1085.0598.i625.i
  %.1234.i630.i = load i32, ptr %.1233.i629.i, align 4, !noalias !13
  %.1238.i631.i = mul i32 %.1234.i630.i, %.873.i606.i
  %.1266.i632.i = getelementptr i32, ptr %27, i64 %.1085.0598.i625.i
  %.1267.i633.i = load i32, ptr %.1266.i632.i, align 4, !noalias !13
  %.1271.i634.i = mul i32 %.1267.i633.i, %.902.i608.i
  %.1300.i635.i = getelementptr i32, ptr %28, i64 %.1085.0598.i625.i
  %.1301.i636.i = load i32, ptr %.1300.i635.i, align 4, !noalias !13
  %.1305.i637.i = mul i32 %.1301.i636.i, %.933.i610.i
  %.1272.i638.i = add i32 %.1238.i631.i, %.1205.i628.i
  %.1306.i639.i = add i32 %.1272.i638.i, %.1271.i634.i
  %.1308.i640.i = add i32 %.1306.i639.i, %.1305.i637.i
  store i32 %.1308.i640.i, ptr %.1204.i627.i, align 4, !noalias !13
  %exitcond600.not.i641.i = icmp eq i64 %.245.0, %.1154.i626.i
  br i1 %exitcond600.not.i641.i, label %_ZN7cascade7ask_rowB2v7B52c8tJTIeFIjxB2IKSgI4CrvQCk0Z4yRYcWqCQhqcRsCJNAA_3d_3dE5ArrayIiLi1E1C7mutable7alignedExx5ArrayIiLi1E1C7mutable7alignedE5ArrayIjLi1E1C7mutable7alignedEx5ArrayIiLi1E1C7mutable7alignedE.exit642.i, label %B1398.if.i624.i

_ZN7cascade7ask_rowB2v7B52c8tJTIeFIjxB2IKSgI4CrvQCk0Z4yRYcWqCQhqcRsCJNAA_3d_3dE5ArrayIiLi1E1C7mutable7alignedExx5ArrayIiLi1E1C7mutable7alignedE5ArrayIjLi1E1C7mutable7alignedEx5ArrayIiLi1E1C7mutable7alignedE.exit642.i: ; preds = %B1398.if.i624.i, %B1058.i604.i
  %.829.i = or disjoint i64 %.786.i, 1
  %.idx.i = mul nsw i64 %.829.i, 108
  %29 = getelementptr i8, ptr %arg.corners.4, i64 %.idx.i
  %.857.i = getelementptr i8, ptr %29, i64 8
  %.858.i = load i32, ptr %.857.i, align 4, !noalias !12
  %.859.not.i = icmp eq i32 %.858.i, 0
  br i1 %.859.not.i, label %B600.i, label %B498.i

B678.if.i:                                        ; preds = %B678.if.i, %B678.if.lr.ph.i
  %.1027.0655.i = phi i64 [ %storemerge.i, %B678.if.lr.ph.i ], [ %.1089.i, %B678.if.i ]
  %.1024.0654.i = phi i64 [ 0, %B678.if.lr.ph.i ], [ %.1093.i, %B678.if.i ]
  %.1089.i = add nsw i64 %.1027.0655.i, -1
  %.1093.i = add nuw nsw i64 %.1024.0654.i, 1
  %.1143.i = getelementptr i8, ptr %arg.octets.4, i64 %.1024.0654.i
  %.1144.i = load i8, ptr %.1143.i, align 1, !noalias !12
  %.1172.i = getelementptr float, ptr %8, i64 %.1024.0654.i
  %.1173.i = load float, ptr %.1172.i, align 4, !noalias !12
  %.1201.i = load float, ptr %.1200.i, align 4, !noalias !12
  %.1202.i = fcmp oge float %.1173.i, %.1201.i
  %30 = and i8 %.1144.i, 1
  %.1206498.i = select i1 %.1202.i, i8 %30, i8 0
  store i8 %.1206498.i, ptr %.1143.i, align 1, !noalias !12
  %.1080.i = icmp sgt i64 %.1027.0655.i, 1
  br i1 %.1080.i, label %B678.if.i, label %B166.loopexit.i

B714.if.lr.ph:                                    ; preds = %B166.loopexit.i, %B136.i
  %31 = getelementptr float, ptr %.1626, i64 %found.2.0845
  br label %B714.if

B968:                                             ; preds = %B969, %_ZN7cascade13place_cornersB2v3B52c8tJTIeFIjxB2IKSgI4CrvQCk0Z4yRYcWqCQhqcRsCJNAA_3d_3dE5ArrayIiLi1E1C7mutable7alignedEixx5ArrayIjLi1E1C7mutable7alignedE.exit
  %found.2.0.lcssa = phi i64 [ 0, %_ZN7cascade13place_cornersB2v3B52c8tJTIeFIjxB2IKSgI4CrvQCk0Z4yRYcWqCQhqcRsCJNAA_3d_3dE5ArrayIiLi1E1C7mutable7alignedEixx5ArrayIjLi1E1C7mutable7alignedE.exit ], [ %found.3.1, %B969 ]
  store i64 0, ptr %.2731, align 8
  call fastcc void @pass_places(ptr %.2731, ptr %.422, ptr %.1110, ptr %.1796, ptr %.1626, i64 %found.2.0.lcssa, ptr %arg.first.4, ptr %arg.passes.4, ptr %arg.trees.4, ptr %arg.corners.4, ptr %.1449, i64 %.11.i, i64 %arg.count, ptr %.593, ptr %.764)
  %.2767 = load i64, ptr %.2731, align 8
  store i64 %.2767, ptr %retptr, align 8
  ret i32 0

B969:                                             ; preds = %B714.if, %B562.if, %B1134.loopexit.i
  %found.3.1 = phi i64 [ %found.2.0845, %B1134.loopexit.i ], [ %found.2.0845, %B562.if ], [ %.2683, %B714.if ]
  %exitcond.not = icmp eq i64 %.2229, %.202.0
  br i1 %exitcond.not, label %B968, label %B562.if

B0.endif.endif.endif.endif.else.endif.if:         ; preds = %entry
  br label %B0.endif.endif.endif.endif.else.endif.endif

B0.endif.endif.endif.endif.else.endif.endif:      ; preds = %B0.endif.endif.endif.endif.else.endif.if, %entry
  %.309.sroa.0.3 = phi i64 [ %arg.ints.5.0, %B0.endif.endif.endif.endif.else.endif.if ], [ 0, %entry ]
  %.336 = icmp slt i64 %.189, 0
  %.337 = select i1 %.336, i64 %arg.ints.5.0, i64 0
  %.338 = add i64 %.337, %.283
  %.341 = icmp slt i64 %.338, 0
  %.346.not = icmp slt i64 %.338, %arg.ints.5.0
  %.422 = getelementptr i32, ptr %arg.ints.4, i64 %.309.sroa.0.3
  %.454 = mul nsw i64 %.189, 5
  br i1 %.341, label %B0.endif.endif.endif.endif.endif.else.if, label %B0.endif.endif.endif.endif.endif.else.endif, !prof !0

B0.endif.endif.endif.endif.endif.else.if:         ; preds = %B0.endif.endif.endif.endif.else.endif.endif
  br label %B0.endif.endif.endif.endif.endif.else.endif

B0.endif.endif.endif.endif.endif.else.endif:      ; preds = %B0.endif.endif.endif.endif.endif.else.if, %B0.endif.endif.endif.endif.else.endif.endif
  %.480.sroa.0.1 = phi i64 [ 0, %B0.endif.endif.endif.endif.endif.else.if ], [ %.338, %B0.endif.endif.endif.endif.else.endif.endif ]
  br i1 %.346.not, label %B0.endif.endif.endif.endif.endif.else.endif.endif, label %B0.endif.endif.endif.endif.endif.else.endif.if, !prof !16

B0.endif.endif.endif.endif.endif.else.endif.if:   ; preds = %B0.endif.endif.endif.endif.endif.else.endif
  br label %B0.endif.endif.endif.endif.endif.else.endif.endif

B0.endif.endif.endif.endif.endif.else.endif.endif: ; preds = %B0.endif.endif.endif.endif.endif.else.endif.if, %B0.endif.endif.endif.endif.endif.else.endif
  %.480.sroa.0.3 = phi i64 [ %arg.ints.5.0, %B0.endif.endif.endif.endif.endif.else.endif.if ], [ %.480.sroa.0.1, %B0.endif.endif.endif.endif.endif.else.endif ]
  %.509 = add i64 %.337, %.454
  %.512 = icmp slt i64 %.509, 0
  %.517.not = icmp slt i64 %.509, %arg.ints.5.0
  %.593 = getelementptr i32, ptr %arg.ints.4, i64 %.480.sroa.0.3
  %.625 = mul nsw i64 %.189, 6
  br i1 %.512, label %B0.endif.endif.endif.endif.endif.endif.else.if, label %B0.endif.endif.endif.endif.endif.endif.else.endif, !prof !0

B0.endif.endif.endif.endif.endif.endif.else.if:   ; preds = %B0.endif.endif.endif.endif.endif.else.endif.endif
  br label %B0.endif.endif.endif.endif.endif.endif.else.endif

B0.endif.endif.endif.endif.endif.endif.else.endif: ; preds = %B0.endif.endif.endif.endif.endif.endif.else.if, %B0.endif.endif.endif.endif.endif.else.endif.endif
  %.651.sroa.0.1 = phi i64 [ 0, %B0.endif.endif.endif.endif.endif.endif.else.if ], [ %.509, %B0.endif.endif.endif.endif.endif.else.endif.endif ]
  br i1 %.517.not, label %B0.endif.endif.endif.endif.endif.endif.else.endif.endif, label %B0.endif.endif.endif.endif.endif.endif.else.endif.if, !prof !16

B0.endif.endif.endif.endif.endif.endif.else.endif.if: ; preds = %B0.endif.endif.endif.endif.endif.endif.else.endif
  br label %B0.endif.endif.endif.endif.endif.endif.else.endif.endif

B0.endif.endif.endif.endif.endif.endif.else.endif.endif: ; preds = %B0.endif.endif.endif.endif.endif.endif.else.endif.if, %B0.endif.endif.endif.endif.endif.endif.else.endif
  %.651.sroa.0.3 = phi i64 [ %arg.ints.5.0, %B0.endif.endif.endif.endif.endif.endif.else.endif.if ], [ %.651.sroa.0.1, %B0.endif.endif.endif.endif.endif.endif.else.endif ]
  %.680 = add i64 %.337, %.625
  %.683 = icmp slt i64 %.680, 0
  %.688.not = icmp slt i64 %.680, %arg.ints.5.0
  %.764 = getelementptr i32, ptr %arg.ints.4, i64 %.651.sroa.0.3
  br i1 %.683, label %B0.endif.endif.endif.endif.endif.endif.endif.else.if, label %B0.endif.endif.endif.endif.endif.endif.endif.else.endif, !prof !0

B0.endif.endif.endif.endif.endif.endif.endif.else.if: ; preds = %B0.endif.endif.endif.endif.endif.endif.else.endif.endif
  br label %B0.endif.endif.endif.endif.endif.endif.endif.else.endif

B0.endif.endif.endif.endif.endif.endif.endif.else.endif: ; preds = %B0.endif.endif.endif.endif.endif.endif.endif.else.if, %B0.endif.endif.endif.endif.endif.endif.else.endif.endif
  %.829.sroa.0.1 = phi i64 [ 0, %B0.endif.endif.endif.endif.endif.endif.endif.else.if ], [ %.680, %B0.endif.endif.endif.endif.endif.endif.else.endif.endif ]
  br i1 %.688.not, label %B0.endif.endif.endif.endi...endif.4.endif.if, label %B0.endif.endif.endif.endi...if.4, !prof !16

B0.endif.endif.endif.endi...if.4:                 ; preds = %B0.endif.endif.endif.endif.endif.endif.endif.else.endif
  br label %B0.endif.endif.endif.endi...endif.4.endif.if

B0.endif.endif.endif.endi...endif.4.endif.if:     ; preds = %B0.endif.endif.endif.endi...if.4, %B0.endif.endif.endif.endif.endif.endif.endif.else.endif
  %.829.sroa.0.3 = phi i64 [ %arg.ints.5.0, %B0.endif.endif.endif.endi...if.4 ], [ %.829.sroa.0.1, %B0.endif.endif.endif.endif.endif.endif.endif.else.endif ]
  %.942 = getelementptr i32, ptr %arg.ints.4, i64 %.829.sroa.0.3
  %.1017 = icmp slt i64 %arg.indices.5.0, 1
  br i1 %.1017, label %B0.endif.endif.endif.endi...endif.6.if, label %B0.endif.endif.endif.endi...endif.6.endif, !prof !0

B0.endif.endif.endif.endi...endif.6.if:           ; preds = %B0.endif.endif.endif.endi...endif.4.endif.if
  br label %B0.endif.endif.endif.endi...endif.6.endif

B0.endif.endif.endif.endi...endif.6.endif:        ; preds = %B0.endif.endif.endif.endi...endif.6.if, %B0.endif.endif.endif.endi...endif.4.endif.if
  %.997.sroa.0.3 = phi i64 [ %arg.indices.5.0, %B0.endif.endif.endif.endi...endif.6.if ], [ 0, %B0.endif.endif.endif.endi...endif.4.endif.if ]
  %.1025 = select i1 %.336, i64 %arg.indices.5.0, i64 0
  %.1026 = add i64 %.1025, %.189
  %.1029 = icmp slt i64 %.1026, 0
  %.1034.not = icmp slt i64 %.1026, %arg.indices.5.0
  %.1110 = getelementptr i32, ptr %arg.indices.4, i64 %.997.sroa.0.3
  %.1140 = shl i64 %.189, 1
  br i1 %.1029, label %B0.endif.endif.endif.endi...else.if, label %B0.endif.endif.endif.endi...else.endif, !prof !0

B0.endif.endif.endif.endi...else.if:              ; preds = %B0.endif.endif.endif.endi...endif.6.endif
  br label %B0.endif.endif.endif.endi...else.endif

B0.endif.endif.endif.endi...else.endif:           ; preds = %B0.endif.endif.endif.endi...else.if, %B0.endif.endif.endif.endi...endif.6.endif
  %.1167.sroa.0.1 = phi i64 [ 0, %B0.endif.endif.endif.endi...else.if ], [ %.1026, %B0.endif.endif.endif.endi...endif.6.endif ]
  br i1 %.1034.not, label %B0.endif.endif.endif.endi...else.endif.endif, label %B0.endif.endif.endif.endi...else.endif.if, !prof !16

B0.endif.endif.endif.endi...else.endif.if:        ; preds = %B0.endif.endif.endif.endi...else.endif
  br label %B0.endif.endif.endif.endi...else.endif.endif

B0.endif.endif.endif.endi...else.endif.endif:     ; preds = %B0.endif.endif.endif.endi...else.endif.if, %B0.endif.endif.endif.endi...else.endif
  %.1167.sroa.0.3 = phi i64 [ %arg.indices.5.0, %B0.endif.endif.endif.endi...else.endif.if ], [ %.1167.sroa.0.1, %B0.endif.endif.endif.endi...else.endif ]
  %.1196 = add i64 %.1025, %.1140
  %.1199 = icmp slt i64 %.1196, 0
  %.1204.not = icmp slt i64 %.1196, %arg.indices.5.0
  %.1280 = getelementptr i32, ptr %arg.indices.4, i64 %.1167.sroa.0.3
  br i1 %.1199, label %B0.endif.endif.endif.endi...endif.8.else.if, label %B0.endif.endif.endif.endi...endif.8.else.endif, !prof !0

B0.endif.endif.endif.endi...endif.8.else.if:      ; preds = %B0.endif.endif.endif.endi...else.endif.endif
  br label %B0.endif.endif.endif.endi...endif.8.else.endif

B0.endif.endif.endif.endi...endif.8.else.endif:   ; preds = %B0.endif.endif.endif.endi...endif.8.else.if, %B0.endif.endif.endif.endi...else.endif.endif
  %.1336.sroa.0.1 = phi i64 [ 0, %B0.endif.endif.endif.endi...endif.8.else.if ], [ %.1196, %B0.endif.endif.endif.endi...else.endif.endif ]
  br i1 %.1204.not, label %B0.endif.endif.endif.endi...endif.9.if, label %B0.endif.endif.endif.endi...endif.8.else.endif.if, !prof !16

B0.endif.endif.endif.endi...endif.8.else.endif.if: ; preds = %B0.endif.endif.endif.endi...endif.8.else.endif
  br label %B0.endif.endif.endif.endi...endif.9.if

B0.endif.endif.endif.endi...endif.9.if:           ; preds = %B0.endif.endif.endif.endi...endif.8.else.endif.if, %B0.endif.endif.endif.endi...endif.8.else.endif
  %.1336.sroa.0.3 = phi i64 [ %arg.indices.5.0, %B0.endif.endif.endif.endi...endif.8.else.endif.if ], [ %.1336.sroa.0.1, %B0.endif.endif.endif.endi...endif.8.else.endif ]
  %.1449 = getelementptr i32, ptr %arg.indices.4, i64 %.1336.sroa.0.3
  %.1533 = icmp slt i64 %arg.floats.5.0, 1
  br i1 %.1533, label %B0.endif.endif.endif.endi...if.11, label %B0.endif.endif.endif.endi...endif.11, !prof !0

B0.endif.endif.endif.endi...if.11:                ; preds = %B0.endif.endif.endif.endi...endif.9.if
  br label %B0.endif.endif.endif.endi...endif.11

B0.endif.endif.endif.endi...endif.11:             ; preds = %B0.endif.endif.endif.endi...if.11, %B0.endif.endif.endif.endi...endif.9.if
  %.1513.sroa.0.3 = phi i64 [ %arg.floats.5.0, %B0.endif.endif.endif.endi...if.11 ], [ 0, %B0.endif.endif.endif.endi...endif.9.if ]
  %.1541 = select i1 %.336, i64 %arg.floats.5.0, i64 0
  %.1542 = add i64 %.1541, %.189
  %.1545 = icmp slt i64 %.1542, 0
  %.1550.not = icmp slt i64 %.1542, %arg.floats.5.0
  %.1626 = getelementptr float, ptr %arg.floats.4, i64 %.1513.sroa.0.3
  br i1 %.1545, label %B0.endif.endif.endif.endi...if.13, label %B0.endif.endif.endif.endi...endif.13, !prof !0

B0.endif.endif.endif.endi...if.13:                ; preds = %B0.endif.endif.endif.endi...endif.11
  br label %B0.endif.endif.endif.endi...endif.13

B0.endif.endif.endif.endi...endif.13:             ; preds = %B0.endif.endif.endif.endi...if.13, %B0.endif.endif.endif.endi...endif.11
  %.1683.sroa.0.1 = phi i64 [ 0, %B0.endif.endif.endif.endi...if.13 ], [ %.1542, %B0.endif.endif.endif.endi...endif.11 ]
  br i1 %.1550.not, label %B0.endif.endif.endif.endi...endif.13.endif, label %B0.endif.endif.endif.endi...endif.13.if, !prof !16

B0.endif.endif.endif.endi...endif.13.if:          ; preds = %B0.endif.endif.endif.endi...endif.13
  br label %B0.endif.endif.endif.endi...endif.13.endif

B0.endif.endif.endif.endi...endif.13.endif:       ; preds = %B0.endif.endif.endif.endi...endif.13.if, %B0.endif.endif.endif.endi...endif.13
  %.1683.sroa.0.3 = phi i64 [ %arg.floats.5.0, %B0.endif.endif.endif.endi...endif.13.if ], [ %.1683.sroa.0.1, %B0.endif.endif.endif.endi...endif.13 ]
  %.1712 = add i64 %.1541, %.1140
  %.1715 = icmp slt i64 %.1712, 0
  %.1720.not = icmp slt i64 %.1712, %arg.floats.5.0
  %.1796 = getelementptr float, ptr %arg.floats.4, i64 %.1683.sroa.0.3
  br i1 %.1715, label %B0.endif.endif.endif.endi...else.1.if, label %B0.endif.endif.endif.endi...else.1.endif, !prof !0

B0.endif.endif.endif.endi...else.1.if:            ; preds = %B0.endif.endif.endif.endi...endif.13.endif
  br label %B0.endif.endif.endif.endi...else.1.endif

B0.endif.endif.endif.endi...else.1.endif:         ; preds = %B0.endif.endif.endif.endi...else.1.if, %B0.endif.endif.endif.endi...endif.13.endif
  %.1852.sroa.0.1 = phi i64 [ 0, %B0.endif.endif.endif.endi...else.1.if ], [ %.1712, %B0.endif.endif.endif.endi...endif.13.endif ]
  br i1 %.1720.not, label %B0.endif.endif.endif.endi...if.16, label %B0.endif.endif.endif.endi...else.1.endif.if, !prof !16

B0.endif.endif.endif.endi...else.1.endif.if:      ; preds = %B0.endif.endif.endif.endi...else.1.endif
  br label %B0.endif.endif.endif.endi...if.16

B0.endif.endif.endif.endi...if.16:                ; preds = %B0.endif.endif.endif.endi...else.1.endif.if, %B0.endif.endif.endif.endi...else.1.endif
  %.1852.sroa.0.3 = phi i64 [ %arg.floats.5.0, %B0.endif.endif.endif.endi...else.1.endif.if ], [ %.1852.sroa.0.1, %B0.endif.endif.endif.endi...else.1.endif ]
  %.1965 = getelementptr float, ptr %arg.floats.4, i64 %.1852.sroa.0.3
  %.71.i = shl nsw i64 %.143, 1
  %.109.i = icmp slt i64 %arg.columns, 0
  %storemerge.i826 = select i1 %.109.i, i64 0, i64 %.71.i
  %.153486.i = icmp sgt i64 %storemerge.i826, 0
  br i1 %.153486.i, label %B56.if.preheader.i, label %B98.i

B56.if.preheader.i:                               ; preds = %B0.endif.endif.endif.endi...if.16
  %32 = shl nuw i64 %storemerge.i826, 2
  tail call void @llvm.memset.p0.i64(ptr align 4 %.942, i8 0, i64 %32, i1 false), !noalias !17
  br label %B98.i

B98.i:                                            ; preds = %B56.if.preheader.i, %B0.endif.endif.endif.endi...if.16
  %.304489.not.i = icmp slt i64 %.151.0, 1
  br i1 %.304489.not.i, label %B224.i, label %B128.if.lr.ph.i

B128.if.lr.ph.i:                                  ; preds = %B98.i
  %33 = getelementptr i32, ptr %.422, i64 %.189
  br label %B128.if.i

B224.i:                                           ; preds = %B128.if.i, %B98.i
  %.493503.not.i = icmp slt i64 %arg.rows, 1
  br i1 %.493503.not.i, label %_ZN7cascade9integrateB2v2B52c8tJTIeFIjxB2IKSgI4CrvQCk0Z4yRYcWqCQhqcRsCJNAA_3d_3dE5ArrayIhLi1E1C7mutable7alignedE23Literal_5bint_5d_280_29xx5ArrayIiLi1E1C7mutable7alignedE23Literal_5bint_5d_280_295ArrayIjLi1E1C7mutable7alignedExx5ArrayIiLi1E1C7mutable7alignedE.exit, label %B264.if.lr.ph.i

B264.if.lr.ph.i:                                  ; preds = %B224.i
  %.623492.not.i = icmp slt i64 %arg.columns, 1
  %34 = getelementptr i32, ptr %.942, i64 %.143
  %.960.0.i = ashr i64 %.143, 1
  %.1072495.not.i = icmp slt i64 %.960.0.i, 1
  %35 = getelementptr i32, ptr %.942, i64 %arg.columns
  %36 = getelementptr i8, ptr %35, i64 8
  br label %B264.if.i

B1356.i:                                          ; preds = %B1092.if.i, %B1000.else.if.i
  %exitcond510.not.i = icmp eq i64 %.436.0504.i, %arg.rows
  br i1 %exitcond510.not.i, label %_ZN7cascade9integrateB2v2B52c8tJTIeFIjxB2IKSgI4CrvQCk0Z4yRYcWqCQhqcRsCJNAA_3d_3dE5ArrayIhLi1E1C7mutable7alignedE23Literal_5bint_5d_280_29xx5ArrayIiLi1E1C7mutable7alignedE23Literal_5bint_5d_280_295ArrayIjLi1E1C7mutable7alignedExx5ArrayIiLi1E1C7mutable7alignedE.exit, label %B264.if.i

B128.if.i:                                        ; preds = %B128.if.i, %B128.if.lr.ph.i
  %.248.0490.i = phi i64 [ 0, %B128.if.lr.ph.i ], [ %.317.i, %B128.if.i ]
  %.317.i = add nuw nsw i64 %.248.0490.i, 1
  %.369.i = getelementptr i32, ptr %.422, i64 %.248.0490.i
  store i32 0, ptr %.369.i, align 4, !noalias !17
  %.401.i = getelementptr i32, ptr %33, i64 %.248.0490.i
  store i32 0, ptr %.401.i, align 4, !noalias !17
  %exitcond.not.i827 = icmp eq i64 %.317.i, %.151.0
  br i1 %exitcond.not.i827, label %B224.i, label %B128.if.i

B264.if.i:                                        ; preds = %B1356.i, %B264.if.lr.ph.i
  %.436.0504.i = phi i64 [ 1, %B264.if.lr.ph.i ], [ %.506.i, %B1356.i ]
  %.506.i = add nuw i64 %.436.0504.i, 1
  br i1 %.623492.not.i, label %B544.else.if.i, label %B320.if.lr.ph.i

B320.if.lr.ph.i:                                  ; preds = %B264.if.i
  %.535.i = add nsw i64 %.436.0504.i, -1
  %.537.i = mul nsw i64 %.535.i, %arg.columns
  %37 = getelementptr i8, ptr %arg.pixels.4, i64 %.537.i
  br label %B320.if.i

B320.if.i:                                        ; preds = %B320.if.i, %B320.if.lr.ph.i
  %.567.0493.i = phi i64 [ 0, %B320.if.lr.ph.i ], [ %.636.i, %B320.if.i ]
  %.636.i = add nuw nsw i64 %.567.0493.i, 1
  %.688.i = getelementptr i8, ptr %37, i64 %.567.0493.i
  %.689.i = load i8, ptr %.688.i, align 1, !noalias !17
  %.716.i = getelementptr i32, ptr %.942, i64 %.567.0493.i
  %.717.i = load i32, ptr %.716.i, align 4, !noalias !17
  %.719.i = zext i8 %.689.i to i32
  %.747.i = add i32 %.717.i, %.719.i
  store i32 %.747.i, ptr %.716.i, align 4, !noalias !17
  %.777.i = getelementptr i32, ptr %34, i64 %.567.0493.i
  %.778.i = load i32, ptr %.777.i, align 4, !noalias !17
  %.781.i = mul nuw nsw i32 %.719.i, %.719.i
  %.783.i = add i32 %.778.i, %.781.i
  store i32 %.783.i, ptr %.777.i, align 4, !noalias !17
  %exitcond507.not.i = icmp eq i64 %arg.columns, %.636.i
  br i1 %exitcond507.not.i, label %B544.else.if.i, label %B320.if.i

B544.else.if.i:                                   ; preds = %B320.if.i, %B264.if.i
  %.830.0.i = and i64 %.436.0504.i, 1
  %.862.i = mul nuw nsw i64 %.830.0.i, %.1140
  %.873.0.i = ashr i64 %.436.0504.i, 1
  %.907.i = mul nsw i64 %.873.0.i, %.151.0
  %38 = getelementptr i32, ptr %.422, i64 %.862.i
  %.944.i = getelementptr i32, ptr %38, i64 %.907.i
  store i32 0, ptr %.944.i, align 4, !noalias !17
  br i1 %.1072495.not.i, label %B1000.else.if.i, label %B718.if.lr.ph.i

B718.if.lr.ph.i:                                  ; preds = %B544.else.if.i
  %39 = getelementptr i32, ptr %.944.i, i64 %.189
  br label %B718.if.i

B718.if.i:                                        ; preds = %B718.if.i, %B718.if.lr.ph.i
  %total.3.1498.i = phi i64 [ 0, %B718.if.lr.ph.i ], [ %.1203.i, %B718.if.i ]
  %.1016.0496.i = phi i64 [ 0, %B718.if.lr.ph.i ], [ %.1085.i, %B718.if.i ]
  %.1085.i = add nuw nsw i64 %.1016.0496.i, 1
  %.1136.idx.i = shl i64 %.1016.0496.i, 3
  %.1136.i = getelementptr i8, ptr %.942, i64 %.1136.idx.i
  %.1137.i = load i32, ptr %.1136.i, align 4, !noalias !17
  %40 = trunc i64 %total.3.1498.i to i32
  %.1142.i = add i32 %.1137.i, %40
  %.1170.i = getelementptr i32, ptr %39, i64 %.1016.0496.i
  store i32 %.1142.i, ptr %.1170.i, align 4, !noalias !17
  %.1199.i = getelementptr i8, ptr %.1136.i, i64 4
  %.1200.i828 = load i32, ptr %.1199.i, align 4, !noalias !17
  %.1201511.i = zext i32 %.1142.i to i64
  %.1202512.i = zext i32 %.1200.i828 to i64
  %.1203.i = add nuw nsw i64 %.1202512.i, %.1201511.i
  %.1204.i = trunc i64 %.1203.i to i32
  %41 = getelementptr i32, ptr %.944.i, i64 %.1016.0496.i
  %.1235.i = getelementptr i8, ptr %41, i64 4
  store i32 %.1204.i, ptr %.1235.i, align 4, !noalias !17
  %exitcond508.not.i = icmp eq i64 %.960.0.i, %.1085.i
  br i1 %exitcond508.not.i, label %B1000.else.if.i, label %B718.if.i

B1000.else.if.i:                                  ; preds = %B718.if.i, %B544.else.if.i
  %.1289.not.i = icmp eq i64 %.830.0.i, 0
  %brmerge.i = select i1 %.1289.not.i, i1 true, i1 %.1072495.not.i
  br i1 %brmerge.i, label %B1356.i, label %B1092.if.lr.ph.i

B1092.if.lr.ph.i:                                 ; preds = %B1000.else.if.i
  %42 = getelementptr i32, ptr %.1280, i64 %.907.i
  br label %B1092.if.i

B1092.if.i:                                       ; preds = %B1092.if.i, %B1092.if.lr.ph.i
  %square.3.1502.i = phi i32 [ 0, %B1092.if.lr.ph.i ], [ %.1594.i, %B1092.if.i ]
  %.1360.0500.i = phi i64 [ 0, %B1092.if.lr.ph.i ], [ %.1429.i, %B1092.if.i ]
  %.1429.i = add nuw nsw i64 %.1360.0500.i, 1
  %.1456.i = shl nuw nsw i64 %.1360.0500.i, 1
  %.1483.i = getelementptr i32, ptr %34, i64 %.1456.i
  %.1484.i = load i32, ptr %.1483.i, align 4, !noalias !17
  %.1488.i = add i32 %.1484.i, %square.3.1502.i
  %.1559.i = getelementptr i32, ptr %42, i64 %.1360.0500.i
  store i32 %.1488.i, ptr %.1559.i, align 4, !noalias !17
  %.1590.i = getelementptr i32, ptr %36, i64 %.1456.i
  %.1591.i = load i32, ptr %.1590.i, align 4, !noalias !17
  %.1594.i = add i32 %.1591.i, %.1488.i
  %exitcond509.not.i = icmp eq i64 %.960.0.i, %.1429.i
  br i1 %exitcond509.not.i, label %B1356.i, label %B1092.if.i

_ZN7cascade9integrateB2v2B52c8tJTIeFIjxB2IKSgI4CrvQCk0Z4yRYcWqCQhqcRsCJNAA_3d_3dE5ArrayIhLi1E1C7mutable7alignedE23Literal_5bint_5d_280_29xx5ArrayIiLi1E1C7mutable7alignedE23Literal_5bint_5d_280_295ArrayIjLi1E1C7mutable7alignedExx5ArrayIiLi1E1C7mutable7alignedE.exit: ; preds = %B1356.i, %B224.i
  %.2055 = icmp slt i64 %arg.count, 0
  %.2056 = select i1 %.2055, i64 %arg.first.5.0, i64 0
  %43 = getelementptr i32, ptr %arg.first.4, i64 %arg.count
  %.2070 = getelementptr i32, ptr %43, i64 %.2056
  %.2071 = load i32, ptr %.2070, align 4
  %.33.i = sext i32 %.2071 to i64
  %.35.i = mul nsw i64 %.33.i, 18
  %.73.i = icmp slt i32 %.2071, 1
  %storemerge.i829 = select i1 %.73.i, i64 0, i64 %.35.i
  %.11789.i = icmp sgt i64 %storemerge.i829, 0
  br i1 %.11789.i, label %B56.if.i, label %_ZN7cascade13place_cornersB2v3B52c8tJTIeFIjxB2IKSgI4CrvQCk0Z4yRYcWqCQhqcRsCJNAA_3d_3dE5ArrayIiLi1E1C7mutable7alignedEixx5ArrayIjLi1E1C7mutable7alignedE.exit

B56.if.i:                                         ; preds = %_ZN7cascade9integrateB2v2B52c8tJTIeFIjxB2IKSgI4CrvQCk0Z4yRYcWqCQhqcRsCJNAA_3d_3dE5ArrayIhLi1E1C7mutable7alignedE23Literal_5bint_5d_280_29xx5ArrayIiLi1E1C7mutable7alignedE23Literal_5bint_5d_280_295ArrayIjLi1E1C7mutable7alignedExx5ArrayIiLi1E1C7mutable7alignedE.exit, %B56.if.i
  %.59.090.i = phi i64 [ %.130.i, %B56.if.i ], [ 0, %_ZN7cascade9integrateB2v2B52c8tJTIeFIjxB2IKSgI4CrvQCk0Z4yRYcWqCQhqcRsCJNAA_3d_3dE5ArrayIhLi1E1C7mutable7alignedE23Literal_5bint_5d_280_29xx5ArrayIiLi1E1C7mutable7alignedE23Literal_5bint_5d_280_295ArrayIjLi1E1C7mutable7alignedExx5ArrayIiLi1E1C7mutable7alignedE.exit ]
  %.130.i = add nuw nsw i64 %.59.090.i, 1
  %.181.idx.i = mul nuw nsw i64 %.59.090.i, 12
  %.181.i = getelementptr i8, ptr %arg.corners.4, i64 %.181.idx.i
  %.182.i = load i32, ptr %.181.i, align 4, !noalias !20
  %.210.i = getelementptr i8, ptr %.181.i, i64 4
  %.211.i = load i32, ptr %.210.i, align 4, !noalias !20
  %.212.i = sext i32 %.211.i to i64
  %.223.0.i = shl nsw i64 %.212.i, 1
  %.253.i = and i64 %.223.0.i, 2
  %.254.i = sext i32 %.182.i to i64
  %.265.0.i = and i64 %.254.i, 1
  %.295.i = or disjoint i64 %.253.i, %.265.0.i
  %.297.i = mul nsw i64 %.295.i, %.109.0
  %.306.0.i = lshr i64 %.212.i, 1
  %.339.i = add i64 %.297.i, %.306.0.i
  %.341.i = mul i64 %.339.i, %.151.0
  %.350.0.i = lshr i64 %.254.i, 1
  %.383.i = add i64 %.341.i, %.350.0.i
  %.409.i = getelementptr i32, ptr %.1449, i64 %.59.090.i
  %.410.i = trunc i64 %.383.i to i32
  store i32 %.410.i, ptr %.409.i, align 4, !noalias !20
  %exitcond.not.i830 = icmp eq i64 %.130.i, %storemerge.i829
  br i1 %exitcond.not.i830, label %_ZN7cascade13place_cornersB2v3B52c8tJTIeFIjxB2IKSgI4CrvQCk0Z4yRYcWqCQhqcRsCJNAA_3d_3dE5ArrayIiLi1E1C7mutable7alignedEixx5ArrayIjLi1E1C7mutable7alignedE.exit, label %B56.if.i

_ZN7cascade13place_cornersB2v3B52c8tJTIeFIjxB2IKSgI4CrvQCk0Z4yRYcWqCQhqcRsCJNAA_3d_3dE5ArrayIiLi1E1C7mutable7alignedEixx5ArrayIjLi1E1C7mutable7alignedE.exit: ; preds = %B56.if.i, %_ZN7cascade9integrateB2v2B52c8tJTIeFIjxB2IKSgI4CrvQCk0Z4yRYcWqCQhqcRsCJNAA_3d_3dE5ArrayIhLi1E1C7mutable7alignedE23Literal_5bint_5d_280_29xx5ArrayIiLi1E1C7mutable7alignedE23Literal_5bint_5d_280_295ArrayIjLi1E1C7mutable7alignedExx5ArrayIiLi1E1C7mutable7alignedE.exit
  %.11.i = tail call i64 @llvm.smin.i64(i64 %arg.count, i64 2)
  %.2216842.not = icmp slt i64 %.202.0, 1
  br i1 %.2216842.not, label %B968, label %B562.if.lr.ph

B562.if.lr.ph:                                    ; preds = %_ZN7cascade13place_cornersB2v3B52c8tJTIeFIjxB2IKSgI4CrvQCk0Z4yRYcWqCQhqcRsCJNAA_3d_3dE5ArrayIiLi1E1C7mutable7alignedEixx5ArrayIjLi1E1C7mutable7alignedE.exit
  %.44.i = add nsw i64 %arg.window, -2
  %.90.i = mul nsw i64 %.44.i, %.44.i
  %.91.i = uitofp nneg i64 %.90.i to double
  %.96.i = fmul double %.91.i, 1.000000e+01
  %.99.i = fmul double %.96.i, %.96.i
  %.198204.not.i = icmp slt i64 %.245.0, 1
  %.52.0.i = ashr i64 %.44.i, 1
  %.idx = mul i64 %.189, 12
  %44 = getelementptr i8, ptr %.422, i64 %.idx
  %storemerge.i = select i1 %.198204.not.i, i64 0, i64 %.245.0
  %.412656.not.i = icmp slt i64 %arg.count, 1
  %45 = tail call i64 @llvm.smax.i64(i64 %storemerge.i, i64 1)
  %46 = shl nuw i64 %45, 2
  br label %B562.if

B562.if:                                          ; preds = %B562.if.lr.ph, %B969
  %found.2.0845 = phi i64 [ 0, %B562.if.lr.ph ], [ %found.3.1, %B969 ]
  %.2160.0843 = phi i64 [ 0, %B562.if.lr.ph ], [ %.2229, %B969 ]
  %.2229 = add nuw nsw i64 %.2160.0843, 1
  br i1 %.198204.not.i, label %B969, label %B192.if.lr.ph.i

B192.if.lr.ph.i:                                  ; preds = %B562.if
  %.105.i = add nsw i64 %.2160.0843, %.52.0.i
  %.106.i = mul nsw i64 %.105.i, %.151.0
  %.103.i = mul nsw i64 %.2160.0843, %.151.0
  %47 = getelementptr i32, ptr %44, i64 %.103.i
  %48 = getelementptr i32, ptr %47, i64 %.52.0.i
  %49 = getelementptr i32, ptr %44, i64 %.106.i
  %50 = getelementptr i32, ptr %49, i64 %.52.0.i
  %51 = getelementptr i32, ptr %.1280, i64 %.103.i
  %52 = getelementptr i32, ptr %51, i64 %.52.0.i
  %53 = getelementptr i32, ptr %.1280, i64 %.106.i
  %54 = getelementptr i32, ptr %53, i64 %.52.0.i
  br label %B192.if.i

B1086.i:                                          ; preds = %for.end.i, %B192.if.i
  %"$phi1086.1.2.1.i" = phi float [ %.548.i, %for.end.i ], [ 0.000000e+00, %B192.if.i ]
  %.588.i = getelementptr float, ptr %.1965, i64 %.139.0205.i
  store float %"$phi1086.1.2.1.i", ptr %.588.i, align 4, !noalias !23
  %.594.i = or i1 %shown.2.0207.i, %.522.i
  %exitcond.not.i835 = icmp eq i64 %.211.i831, %.245.0
  br i1 %exitcond.not.i835, label %B1134.loopexit.i, label %B192.if.i

B1134.loopexit.i:                                 ; preds = %B1086.i
  br i1 %.594.i, label %B618, label %B969

B192.if.i:                                        ; preds = %B1086.i, %B192.if.lr.ph.i
  %shown.2.0207.i = phi i1 [ false, %B192.if.lr.ph.i ], [ %.594.i, %B1086.i ]
  %.139.0205.i = phi i64 [ 0, %B192.if.lr.ph.i ], [ %.211.i831, %B1086.i ]
  %.211.i831 = add nuw nsw i64 %.139.0205.i, 1
  %.269.i = getelementptr i32, ptr %47, i64 %.139.0205.i
  %.270.i = load i32, ptr %.269.i, align 4, !noalias !23
  %.303.i = getelementptr i32, ptr %48, i64 %.139.0205.i
  %.304.i = load i32, ptr %.303.i, align 4, !noalias !23
  %.338.i = getelementptr i32, ptr %49, i64 %.139.0205.i
  %.339.i832 = load i32, ptr %.338.i, align 4, !noalias !23
  %.374.i = getelementptr i32, ptr %50, i64 %.139.0205.i
  %.375.i = load i32, ptr %.374.i, align 4, !noalias !23
  %55 = add i32 %.304.i, %.339.i832
  %.341.i833 = sub i32 %.270.i, %55
  %.377.i = add i32 %.341.i833, %.375.i
  %.379.i = sitofp i32 %.377.i to double
  %.408.i = getelementptr i32, ptr %51, i64 %.139.0205.i
  %.409.i834 = load i32, ptr %.408.i, align 4, !noalias !23
  %.441.i = getelementptr i32, ptr %52, i64 %.139.0205.i
  %.442.i = load i32, ptr %.441.i, align 4, !noalias !23
  %.473.i = getelementptr i32, ptr %53, i64 %.139.0205.i
  %.474.i = load i32, ptr %.473.i, align 4, !noalias !23
  %.507.i = getelementptr i32, ptr %54, i64 %.139.0205.i
  %.508.i = load i32, ptr %.507.i, align 4, !noalias !23
  %56 = add i32 %.442.i, %.474.i
  %.476.i = sub i32 %.409.i834, %56
  %.510.i = add i32 %.476.i, %.508.i
  %.512.i = uitofp i32 %.510.i to double
  %.514.i = fmul double %.91.i, %.512.i
  %.515.i = fmul double %.379.i, %.379.i
  %.516.i = fsub double %.514.i, %.515.i
  %.522.i = fcmp ogt double %.516.i, %.99.i
  br i1 %.522.i, label %for.end.i, label %B1086.i

for.end.i:                                        ; preds = %B192.if.i
  %.536.le.i = tail call double @sqrt(double %.516.i)
  %.547.i = fdiv double 1.000000e+00, %.536.le.i
  %.548.i = fptrunc double %.547.i to float
  br label %B1086.i

B714.if:                                          ; preds = %B714.if.lr.ph, %B714.if
  %found.4.2841 = phi i64 [ %found.2.0845, %B714.if.lr.ph ], [ %.2683, %B714.if ]
  %.2420.0840 = phi i64 [ %storemerge.i, %B714.if.lr.ph ], [ %.2482, %B714.if ]
  %.2417.0839 = phi i64 [ 0, %B714.if.lr.ph ], [ %.2486, %B714.if ]
  %.2482 = add nsw i64 %.2420.0840, -1
  %.2486 = add nuw nsw i64 %.2417.0839, 1
  %.2512 = add nsw i64 %.2417.0839, %.2322
  %.2538 = getelementptr float, ptr %.1965, i64 %.2417.0839
  %.2539 = load float, ptr %.2538, align 4
  %.2567 = getelementptr float, ptr %31, i64 %.2417.0839
  %.2568 = load float, ptr %.2567, align 4
  %.2595 = getelementptr i32, ptr %.1110, i64 %found.4.2841
  %.2596 = trunc i64 %.2512 to i32
  store i32 %.2596, ptr %.2595, align 4
  %.2624 = getelementptr float, ptr %.1796, i64 %found.4.2841
  store float %.2539, ptr %.2624, align 4
  %.2652 = getelementptr float, ptr %.1626, i64 %found.4.2841
  store float %.2568, ptr %.2652, align 4
  %.2679 = getelementptr i8, ptr %arg.octets.4, i64 %.2417.0839
  %.2680 = load i8, ptr %.2679, align 1
  %.2682 = zext i8 %.2680 to i64
  %.2683 = add nsw i64 %found.4.2841, %.2682
  %.2473 = icmp sgt i64 %.2420.0840, 1
  br i1 %.2473, label %B714.if, label %B969
}

; Function Attrs: mustprogress nocallback nofree nosync nounwind willreturn memory(none)
declare double @sqrt(double) local_unnamed_addr #1

; Function Attrs: nofree norecurse nosync nounwind memory(argmem: readwrite)
define internal fastcc void @pass_places(ptr noalias nonnull writeonly captures(none) %retptr, ptr readonly captures(none) %arg.sums.4, ptr captures(none) %arg.places.4, ptr captures(none) %arg.kept.4, ptr captures(none) %arg.weights.4, i64 %arg.count, ptr readonly captures(none) %arg.cascade.0.4, ptr readonly captures(none) %arg.cascade.1.4, ptr readonly captures(none) %arg.cascade.2.4, ptr readonly captures(none) %arg.cascade.3.4, ptr readonly captures(none) %arg.offsets.4, i64 %arg.from_stage, i64 %arg.to_stage, ptr captures(none) %arg.one.4, ptr captures(none) %arg.two.4) unnamed_addr #0 {
entry:
  %.178 = sub i64 %arg.to_stage, %arg.from_stage
  %.224665.not = icmp slt i64 %.178, 1
  br i1 %.224665.not, label %B872, label %B52.if

B50.loopexit:                                     ; preds = %B620.if, %B536
  %passing.2.1.lcssa = phi i64 [ 0, %B536 ], [ %.1176, %B620.if ]
  %.224 = icmp sgt i64 %.168.0666, 1
  br i1 %.224, label %B52.if, label %B872

B134:                                             ; preds = %B86.if.preheader, %B52.if
  %.444 = getelementptr i32, ptr %arg.cascade.0.4, i64 %.165.0667
  %.445 = load i32, ptr %.444, align 4
  %.473 = getelementptr i8, ptr %.444, i64 4
  %.474 = load i32, ptr %.473, align 4
  %.511 = sub i32 %.474, %.445
  %.554658.not = icmp slt i32 %.511, 1
  br i1 %.554658.not, label %B536, label %B248.if

B384:                                             ; preds = %_ZN7cascade10ask_placesB3v12B52c8tJTIeFIjxB2IKSgI4CrvQCk0Z4yRYcWqCQhqcRsCJNAA_3d_3dE5ArrayIiLi1E1C7mutable7alignedE5ArrayIjLi1E1C7mutable7alignedE23Literal_5bint_5d_280_29x5ArrayIiLi1E1C7mutable7alignedE5ArrayIjLi1E1C7mutable7alignedEx5ArrayIiLi1E1C7mutable7alignedE.exit653
  %.102.idx.i = mul nsw i64 %.644, 36
  %.102.i = getelementptr i8, ptr %arg.offsets.4, i64 %.102.idx.i
  %.322.i = getelementptr i8, ptr %7, i64 20
  %.323.i = load i32, ptr %.322.i, align 4, !noalias !26
  %.351.i = getelementptr i8, ptr %7, i64 32
  %.352.i = load i32, ptr %.351.i, align 4, !noalias !26
  %.389.i = getelementptr i8, ptr %7, i64 44
  %.390.i = load i32, ptr %.389.i, align 4, !noalias !26
  %.418.i = getelementptr i8, ptr %7, i64 56
  %.419.i = load i32, ptr %.418.i, align 4, !noalias !26
  %.447.i = getelementptr i8, ptr %7, i64 68
  %.448.i = load i32, ptr %.447.i, align 4, !noalias !26
  br i1 %.303, label %B914.i, label %B650.if.lr.ph.i

B650.if.lr.ph.i:                                  ; preds = %B384
  %.256.i = getelementptr i8, ptr %.102.i, i64 20
  %.257.i = load i32, ptr %.256.i, align 4, !noalias !26
  %.227.i = getelementptr i8, ptr %.102.i, i64 16
  %.228.i = load i32, ptr %.227.i, align 4, !noalias !26
  %.198.i = getelementptr i8, ptr %.102.i, i64 12
  %.199.i = load i32, ptr %.198.i, align 4, !noalias !26
  %.160.i = getelementptr i8, ptr %.102.i, i64 8
  %.161.i = load i32, ptr %.160.i, align 4, !noalias !26
  %.131.i = getelementptr i8, ptr %.102.i, i64 4
  %.132.i = load i32, ptr %.131.i, align 4, !noalias !26
  %.103.i = load i32, ptr %.102.i, align 4, !noalias !26
  %.609.i = zext i32 %.103.i to i64
  %.644.i = zext i32 %.132.i to i64
  %.680.i = zext i32 %.161.i to i64
  %.716.i = zext i32 %.199.i to i64
  %.752.i = zext i32 %.228.i to i64
  %.788.i = zext i32 %.257.i to i64
  br label %B650.if.i

B914.i:                                           ; preds = %B650.if.i, %B384
  %.906.i = getelementptr i8, ptr %7, i64 80
  %.907.i = load i32, ptr %.906.i, align 4, !noalias !26
  %.935.i = getelementptr i8, ptr %7, i64 92
  %.936.i = load i32, ptr %.935.i, align 4, !noalias !26
  %.966.i = getelementptr i8, ptr %7, i64 104
  %.967.i = load i32, ptr %.966.i, align 4, !noalias !26
  %.980.not.i = icmp eq i32 %.907.i, 0
  %or.cond.i = or i1 %.303, %.980.not.i
  br i1 %or.cond.i, label %_ZN7cascade10ask_placesB3v12B52c8tJTIeFIjxB2IKSgI4CrvQCk0Z4yRYcWqCQhqcRsCJNAA_3d_3dE5ArrayIiLi1E1C7mutable7alignedE5ArrayIjLi1E1C7mutable7alignedE23Literal_5bint_5d_280_29x5ArrayIiLi1E1C7mutable7alignedE5ArrayIjLi1E1C7mutable7alignedEx5ArrayIiLi1E1C7mutable7alignedE.exit, label %B1236.if.lr.ph.i

B1236.if.lr.ph.i:                                 ; preds = %B914.i
  %.1069.i = getelementptr i8, ptr %.102.i, i64 32
  %.1070.i = load i32, ptr %.1069.i, align 4, !noalias !26
  %.1038.i = getelementptr i8, ptr %.102.i, i64 28
  %.1039.i = load i32, ptr %.1038.i, align 4, !noalias !26
  %.1009.i = getelementptr i8, ptr %.102.i, i64 24
  %.1010.i = load i32, ptr %.1009.i, align 4, !noalias !26
  %.1260.i = zext i32 %.1010.i to i64
  %.1295.i = zext i32 %.1039.i to i64
  %.1331.i = zext i32 %.1070.i to i64
  br label %B1236.if.i

B650.if.i:                                        ; preds = %B650.if.i, %B650.if.lr.ph.i
  %.482.0632.i = phi i64 [ 0, %B650.if.lr.ph.i ], [ %.553.i, %B650.if.i ]
  %.553.i = add nuw nsw i64 %.482.0632.i, 1
  %.605.i = getelementptr i32, ptr %arg.places.4, i64 %.482.0632.i
  %.606.i = load i32, ptr %.605.i, align 4, !noalias !26
  %.608.i = zext i32 %.606.i to i64
  %0 = getelementptr i32, ptr %arg.sums.4, i64 %.608.i
  %.636.i = getelementptr i32, ptr %0, i64 %.609.i
  %.637.i = load i32, ptr %.636.i, align 4, !noalias !26
  %.641.i = mul i32 %.637.i, %.673
  %.671.i = getelementptr i32, ptr %0, i64 %.644.i
  %.672.i = load i32, ptr %.671.i, align 4, !noalias !26
  %.676.i = mul i32 %.672.i, %.323.i
  %.677.i = add i32 %.676.i, %.641.i
  %.707.i = getelementptr i32, ptr %0, i64 %.680.i
  %.708.i = load i32, ptr %.707.i, align 4, !noalias !26
  %.712.i = mul i32 %.708.i, %.352.i
  %.713.i = add i32 %.677.i, %.712.i
  %.743.i = getelementptr i32, ptr %0, i64 %.716.i
  %.744.i = load i32, ptr %.743.i, align 4, !noalias !26
  %.748.i = mul i32 %.744.i, %.390.i
  %.749.i = add i32 %.713.i, %.748.i
  %.779.i = getelementptr i32, ptr %0, i64 %.752.i
  %.780.i = load i32, ptr %.779.i, align 4, !noalias !26
  %.784.i = mul i32 %.780.i, %.419.i
  %.785.i = add i32 %.749.i, %.784.i
  %.815.i = getelementptr i32, ptr %0, i64 %.788.i
  %.816.i = load i32, ptr %.815.i, align 4, !noalias !26
  %.820.i = mul i32 %.816.i, %.448.i
  %.821.i = add i32 %.785.i, %.820.i
  %.847.i = getelementptr i32, ptr %arg.two.4, i64 %.482.0632.i
  store i32 %.821.i, ptr %.847.i, align 4, !noalias !26
  %exitcond.not.i = icmp eq i64 %count.2.0668, %.553.i
  br i1 %exitcond.not.i, label %B914.i, label %B650.if.i

B1236.if.i:                                       ; preds = %B1236.if.i, %B1236.if.lr.ph.i
  %.1108.0635.i = phi i64 [ 0, %B1236.if.lr.ph.i ], [ %.1177.i, %B1236.if.i ]
  %.1177.i = add nuw nsw i64 %.1108.0635.i, 1
  %.1229.i = getelementptr i32, ptr %arg.places.4, i64 %.1108.0635.i
  %.1230.i = load i32, ptr %.1229.i, align 4, !noalias !26
  %.1256.i = getelementptr i32, ptr %arg.two.4, i64 %.1108.0635.i
  %.1257.i = load i32, ptr %.1256.i, align 4, !noalias !26
  %.1259.i = zext i32 %.1230.i to i64
  %1 = getelementptr i32, ptr %arg.sums.4, i64 %.1259.i
  %.1287.i = getelementptr i32, ptr %1, i64 %.1260.i
  %.1288.i = load i32, ptr %.1287.i, align 4, !noalias !26
  %.1292.i = mul i32 %.1288.i, %.907.i
  %.1322.i = getelementptr i32, ptr %1, i64 %.1295.i
  %.1323.i = load i32, ptr %.1322.i, align 4, !noalias !26
  %.1327.i = mul i32 %.1323.i, %.936.i
  %.1358.i = getelementptr i32, ptr %1, i64 %.1331.i
  %.1359.i = load i32, ptr %.1358.i, align 4, !noalias !26
  %.1363.i = mul i32 %.1359.i, %.967.i
  %.1328.i = add i32 %.1292.i, %.1257.i
  %.1364.i = add i32 %.1328.i, %.1327.i
  %.1366.i = add i32 %.1364.i, %.1363.i
  store i32 %.1366.i, ptr %.1256.i, align 4, !noalias !26
  %exitcond637.not.i = icmp eq i64 %count.2.0668, %.1177.i
  br i1 %exitcond637.not.i, label %_ZN7cascade10ask_placesB3v12B52c8tJTIeFIjxB2IKSgI4CrvQCk0Z4yRYcWqCQhqcRsCJNAA_3d_3dE5ArrayIiLi1E1C7mutable7alignedE5ArrayIjLi1E1C7mutable7alignedE23Literal_5bint_5d_280_29x5ArrayIiLi1E1C7mutable7alignedE5ArrayIjLi1E1C7mutable7alignedEx5ArrayIiLi1E1C7mutable7alignedE.exit, label %B1236.if.i

_ZN7cascade10ask_placesB3v12B52c8tJTIeFIjxB2IKSgI4CrvQCk0Z4yRYcWqCQhqcRsCJNAA_3d_3dE5ArrayIiLi1E1C7mutable7alignedE5ArrayIjLi1E1C7mutable7alignedE23Literal_5bint_5d_280_29x5ArrayIiLi1E1C7mutable7alignedE5ArrayIjLi1E1C7mutable7alignedEx5ArrayIiLi1E1C7mutable7alignedE.exit: ; preds = %B1236.if.i, %B914.i
  %.91.idx.i = mul nsw i64 %.597, 24
  %.91.i = getelementptr i8, ptr %arg.cascade.2.4, i64 %.91.idx.i
  %.92.i = load float, ptr %.91.i, align 4, !noalias !29
  %.118.i = getelementptr i8, ptr %.91.i, i64 4
  %.119.i = load float, ptr %.118.i, align 4, !noalias !29
  %.151.i = getelementptr i8, ptr %.91.i, i64 8
  %.152.i = load float, ptr %.151.i, align 4, !noalias !29
  %.178.i = getelementptr i8, ptr %.91.i, i64 12
  %.179.i = load float, ptr %.178.i, align 4, !noalias !29
  %.205.i = getelementptr i8, ptr %.91.i, i64 16
  %.206.i = load float, ptr %.205.i, align 4, !noalias !29
  %.232.i = getelementptr i8, ptr %.91.i, i64 20
  %.233.i = load float, ptr %.232.i, align 4, !noalias !29
  br i1 %.303, label %B873, label %B342.if.i

B342.if.i:                                        ; preds = %_ZN7cascade10ask_placesB3v12B52c8tJTIeFIjxB2IKSgI4CrvQCk0Z4yRYcWqCQhqcRsCJNAA_3d_3dE5ArrayIiLi1E1C7mutable7alignedE5ArrayIjLi1E1C7mutable7alignedE23Literal_5bint_5d_280_29x5ArrayIiLi1E1C7mutable7alignedE5ArrayIjLi1E1C7mutable7alignedEx5ArrayIiLi1E1C7mutable7alignedE.exit, %B342.if.i
  %.277.0241.i = phi i64 [ %.348.i, %B342.if.i ], [ 0, %_ZN7cascade10ask_placesB3v12B52c8tJTIeFIjxB2IKSgI4CrvQCk0Z4yRYcWqCQhqcRsCJNAA_3d_3dE5ArrayIiLi1E1C7mutable7alignedE5ArrayIjLi1E1C7mutable7alignedE23Literal_5bint_5d_280_29x5ArrayIiLi1E1C7mutable7alignedE5ArrayIjLi1E1C7mutable7alignedEx5ArrayIiLi1E1C7mutable7alignedE.exit ]
  %.348.i = add nuw nsw i64 %.277.0241.i, 1
  %.404.i = getelementptr float, ptr %arg.kept.4, i64 %.277.0241.i
  %.405.i = load float, ptr %.404.i, align 4, !noalias !29
  %.435.i = getelementptr i32, ptr %arg.two.4, i64 %.277.0241.i
  %.436.i = load i32, ptr %.435.i, align 4, !noalias !29
  %.437.i = sitofp i32 %.436.i to float
  %.439.i = fmul float %.405.i, %.437.i
  %.441.i = fcmp olt float %.439.i, %.119.i
  %.152..179.i = select i1 %.441.i, float %.152.i, float %.179.i
  %"$phi508.1.2.1.i" = select i1 %.441.i, float %.206.i, float %.233.i
  %.509.i = getelementptr float, ptr %arg.weights.4, i64 %.277.0241.i
  %.510.i = load float, ptr %.509.i, align 4, !noalias !29
  %.539.i = getelementptr i32, ptr %arg.one.4, i64 %.277.0241.i
  %.540.i = load i32, ptr %.539.i, align 4, !noalias !29
  %.541.i = sitofp i32 %.540.i to float
  %.543.i = fmul float %.405.i, %.541.i
  %.547.i = fcmp olt float %.543.i, %.92.i
  %"$phi658.4.2.1.i" = select i1 %.547.i, float %.152..179.i, float %"$phi508.1.2.1.i"
  %.578.i = fadd float %.510.i, %"$phi658.4.2.1.i"
  store float %.578.i, ptr %.509.i, align 4, !noalias !29
  %exitcond.not.i508 = icmp eq i64 %count.2.0668, %.348.i
  br i1 %exitcond.not.i508, label %B873, label %B342.if.i

B488:                                             ; preds = %_ZN7cascade10ask_placesB3v12B52c8tJTIeFIjxB2IKSgI4CrvQCk0Z4yRYcWqCQhqcRsCJNAA_3d_3dE5ArrayIiLi1E1C7mutable7alignedE5ArrayIjLi1E1C7mutable7alignedE23Literal_5bint_5d_280_29x5ArrayIiLi1E1C7mutable7alignedE5ArrayIjLi1E1C7mutable7alignedEx5ArrayIiLi1E1C7mutable7alignedE.exit653
  %.91.idx.i510 = mul nsw i64 %.597, 24
  %.91.i511 = getelementptr i8, ptr %arg.cascade.2.4, i64 %.91.idx.i510
  %.92.i512 = load float, ptr %.91.i511, align 4, !noalias !32
  %.118.i513 = getelementptr i8, ptr %.91.i511, i64 4
  %.119.i514 = load float, ptr %.118.i513, align 4, !noalias !32
  %.151.i515 = getelementptr i8, ptr %.91.i511, i64 8
  %.152.i516 = load float, ptr %.151.i515, align 4, !noalias !32
  %.178.i517 = getelementptr i8, ptr %.91.i511, i64 12
  %.179.i518 = load float, ptr %.178.i517, align 4, !noalias !32
  %.205.i519 = getelementptr i8, ptr %.91.i511, i64 16
  %.206.i520 = load float, ptr %.205.i519, align 4, !noalias !32
  %.232.i521 = getelementptr i8, ptr %.91.i511, i64 20
  %.233.i522 = load float, ptr %.232.i521, align 4, !noalias !32
  br i1 %.303, label %B873, label %B342.if.i524

B342.if.i524:                                     ; preds = %B488, %B342.if.i524
  %.277.0241.i525 = phi i64 [ %.348.i526, %B342.if.i524 ], [ 0, %B488 ]
  %.348.i526 = add nuw nsw i64 %.277.0241.i525, 1
  %.404.i527 = getelementptr float, ptr %arg.kept.4, i64 %.277.0241.i525
  %.405.i528 = load float, ptr %.404.i527, align 4, !noalias !32
  %.435.i529 = getelementptr i32, ptr %arg.one.4, i64 %.277.0241.i525
  %.436.i530 = load i32, ptr %.435.i529, align 4, !noalias !32
  %.437.i531 = sitofp i32 %.436.i530 to float
  %.439.i532 = fmul float %.405.i528, %.437.i531
  %.441.i533 = fcmp olt float %.439.i532, %.119.i514
  %.152..179.i534 = select i1 %.441.i533, float %.152.i516, float %.179.i518
  %"$phi508.1.2.1.i535" = select i1 %.441.i533, float %.206.i520, float %.233.i522
  %.509.i536 = getelementptr float, ptr %arg.weights.4, i64 %.277.0241.i525
  %.510.i537 = load float, ptr %.509.i536, align 4, !noalias !32
  %.547.i542 = fcmp olt float %.439.i532, %.92.i512
  %"$phi658.4.2.1.i543" = select i1 %.547.i542, float %.152..179.i534, float %"$phi508.1.2.1.i535"
  %.578.i544 = fadd float %.510.i537, %"$phi658.4.2.1.i543"
  store float %.578.i544, ptr %.509.i536, align 4, !noalias !32
  %exitcond.not.i545 = icmp eq i64 %count.2.0668, %.348.i526
  br i1 %exitcond.not.i545, label %B873, label %B342.if.i524

B536:                                             ; preds = %B873, %B134
  %.848 = getelementptr float, ptr %arg.cascade.1.4, i64 %.165.0667
  %.849 = load float, ptr %.848, align 4
  br i1 %.303, label %B50.loopexit, label %B620.if

B872:                                             ; preds = %B50.loopexit, %entry
  %count.2.0.lcssa = phi i64 [ %arg.count, %entry ], [ %passing.2.1.lcssa, %B50.loopexit ]
  store i64 %count.2.0.lcssa, ptr %retptr, align 8
  ret void

B873:                                             ; preds = %B342.if.i, %B342.if.i524, %B488, %_ZN7cascade10ask_placesB3v12B52c8tJTIeFIjxB2IKSgI4CrvQCk0Z4yRYcWqCQhqcRsCJNAA_3d_3dE5ArrayIiLi1E1C7mutable7alignedE5ArrayIjLi1E1C7mutable7alignedE23Literal_5bint_5d_280_29x5ArrayIiLi1E1C7mutable7alignedE5ArrayIjLi1E1C7mutable7alignedEx5ArrayIiLi1E1C7mutable7alignedE.exit
  %.554 = icmp sgt i32 %.501.0660, 1
  br i1 %.554, label %B248.if, label %B536

B52.if:                                           ; preds = %entry, %B50.loopexit
  %count.2.0668 = phi i64 [ %passing.2.1.lcssa, %B50.loopexit ], [ %arg.count, %entry ]
  %.165.0667 = phi i64 [ %.237, %B50.loopexit ], [ %arg.from_stage, %entry ]
  %.168.0666 = phi i64 [ %.233, %B50.loopexit ], [ %.178, %entry ]
  %.233 = add nsw i64 %.168.0666, -1
  %.237 = add i64 %.165.0667, 1
  %.303 = icmp slt i64 %count.2.0668, 1
  %storemerge505 = select i1 %.303, i64 0, i64 %count.2.0668
  br i1 %.303, label %B134, label %B86.if.preheader

B86.if.preheader:                                 ; preds = %B52.if
  %2 = tail call i64 @llvm.smax.i64(i64 %storemerge505, i64 1)
  %3 = shl nuw i64 %2, 2
  tail call void @llvm.memset.p0.i64(ptr noundef nonnull align 4 dereferenceable(1) %arg.weights.4, i8 0, i64 %3, i1 false)
  br label %B134

B248.if:                                          ; preds = %B134, %B873
  %.501.0660 = phi i32 [ %.563, %B873 ], [ %.511, %B134 ]
  %.498.0659 = phi i32 [ %.567, %B873 ], [ %.445, %B134 ]
  %.563 = add nsw i32 %.501.0660, -1
  %.567 = add i32 %.498.0659, 1
  %.597 = sext i32 %.498.0659 to i64
  %.598 = shl nsw i64 %.597, 1
  %.102.idx.i547 = mul nsw i64 %.597, 72
  %.102.i548 = getelementptr i8, ptr %arg.offsets.4, i64 %.102.idx.i547
  %.idx.i549 = mul nsw i64 %.597, 216
  %4 = getelementptr i8, ptr %arg.cascade.3.4, i64 %.idx.i549
  %.293.i550 = getelementptr i8, ptr %4, i64 8
  %.294.i551 = load i32, ptr %.293.i550, align 4, !noalias !35
  %.322.i552 = getelementptr i8, ptr %4, i64 20
  %.323.i553 = load i32, ptr %.322.i552, align 4, !noalias !35
  %.351.i554 = getelementptr i8, ptr %4, i64 32
  %.352.i555 = load i32, ptr %.351.i554, align 4, !noalias !35
  %.389.i556 = getelementptr i8, ptr %4, i64 44
  %.390.i557 = load i32, ptr %.389.i556, align 4, !noalias !35
  %.418.i558 = getelementptr i8, ptr %4, i64 56
  %.419.i559 = load i32, ptr %.418.i558, align 4, !noalias !35
  %.447.i560 = getelementptr i8, ptr %4, i64 68
  %.448.i561 = load i32, ptr %.447.i560, align 4, !noalias !35
  br i1 %.303, label %B914.i612, label %B650.if.lr.ph.i563

B650.if.lr.ph.i563:                               ; preds = %B248.if
  %.256.i564 = getelementptr i8, ptr %.102.i548, i64 20
  %.257.i565 = load i32, ptr %.256.i564, align 4, !noalias !35
  %.227.i566 = getelementptr i8, ptr %.102.i548, i64 16
  %.228.i567 = load i32, ptr %.227.i566, align 4, !noalias !35
  %.198.i568 = getelementptr i8, ptr %.102.i548, i64 12
  %.199.i569 = load i32, ptr %.198.i568, align 4, !noalias !35
  %.160.i570 = getelementptr i8, ptr %.102.i548, i64 8
  %.161.i571 = load i32, ptr %.160.i570, align 4, !noalias !35
  %.131.i572 = getelementptr i8, ptr %.102.i548, i64 4
  %.132.i573 = load i32, ptr %.131.i572, align 4, !noalias !35
  %.103.i574 = load i32, ptr %.102.i548, align 4, !noalias !35
  %.609.i575 = zext i32 %.103.i574 to i64
  %.644.i576 = zext i32 %.132.i573 to i64
  %.680.i577 = zext i32 %.161.i571 to i64
  %.716.i578 = zext i32 %.199.i569 to i64
  %.752.i579 = zext i32 %.228.i567 to i64
  %.788.i580 = zext i32 %.257.i565 to i64
  br label %B650.if.i581

B914.i612:                                        ; preds = %B650.if.i581, %B248.if
  %.906.i613 = getelementptr i8, ptr %4, i64 80
  %.907.i614 = load i32, ptr %.906.i613, align 4, !noalias !35
  %.935.i615 = getelementptr i8, ptr %4, i64 92
  %.936.i616 = load i32, ptr %.935.i615, align 4, !noalias !35
  %.966.i617 = getelementptr i8, ptr %4, i64 104
  %.967.i618 = load i32, ptr %.966.i617, align 4, !noalias !35
  %.980.not.i619 = icmp eq i32 %.907.i614, 0
  %or.cond.i621 = or i1 %.303, %.980.not.i619
  br i1 %or.cond.i621, label %_ZN7cascade10ask_placesB3v12B52c8tJTIeFIjxB2IKSgI4CrvQCk0Z4yRYcWqCQhqcRsCJNAA_3d_3dE5ArrayIiLi1E1C7mutable7alignedE5ArrayIjLi1E1C7mutable7alignedE23Literal_5bint_5d_280_29x5ArrayIiLi1E1C7mutable7alignedE5ArrayIjLi1E1C7mutable7alignedEx5ArrayIiLi1E1C7mutable7alignedE.exit653, label %B1236.if.lr.ph.i622

B1236.if.lr.ph.i622:                              ; preds = %B914.i612
  %.1069.i623 = getelementptr i8, ptr %.102.i548, i64 32
  %.1070.i624 = load i32, ptr %.1069.i623, align 4, !noalias !35
  %.1038.i625 = getelementptr i8, ptr %.102.i548, i64 28
  %.1039.i626 = load i32, ptr %.1038.i625, align 4, !noalias !35
  %.1009.i627 = getelementptr i8, ptr %.102.i548, i64 24
  %.1010.i628 = load i32, ptr %.1009.i627, align 4, !noalias !35
  %.1260.i629 = zext i32 %.1010.i628 to i64
  %.1295.i630 = zext i32 %.1039.i626 to i64
  %.1331.i631 = zext i32 %.1070.i624 to i64
  br label %B1236.if.i632

B650.if.i581:                                     ; preds = %B650.if.i581, %B650.if.lr.ph.i563
  %.482.0632.i582 = phi i64 [ 0, %B650.if.lr.ph.i563 ], [ %.553.i583, %B650.if.i581 ]
  %.553.i583 = add nuw nsw i64 %.482.0632.i582, 1
  %.605.i584 = getelementptr i32, ptr %arg.places.4, i64 %.482.0632.i582
  %.606.i585 = load i32, ptr %.605.i584, align 4, !noalias !35
  %.608.i586 = zext i32 %.606.i585 to i64
  %5 = getelementptr i32, ptr %arg.sums.4, i64 %.608.i586
  %.636.i587 = getelementptr i32, ptr %5, i64 %.609.i575
  %.637.i588 = load i32, ptr %.636.i587, align 4, !noalias !35
  %.641.i589 = mul i32 %.637.i588, %.294.i551
  %.671.i590 = getelementptr i32, ptr %5, i64 %.644.i576
  %.672.i591 = load i32, ptr %.671.i590, align 4, !noalias !35
  %.676.i592 = mul i32 %.672.i591, %.323.i553
  %.677.i593 = add i32 %.676.i592, %.641.i589
  %.707.i594 = getelementptr i32, ptr %5, i64 %.680.i577
  %.708.i595 = load i32, ptr %.707.i594, align 4, !noalias !35
  %.712.i596 = mul i32 %.708.i595, %.352.i555
  %.713.i597 = add i32 %.677.i593, %.712.i596
  %.743.i598 = getelementptr i32, ptr %5, i64 %.716.i578
  %.744.i599 = load i32, ptr %.743.i598, align 4, !noalias !35
  %.748.i600 = mul i32 %.744.i599, %.390.i557
  %.749.i601 = add i32 %.713.i597, %.748.i600
  %.779.i602 = getelementptr i32, ptr %5, i64 %.752.i579
  %.780.i603 = load i32, ptr %.779.i602, align 4, !noalias !35
  %.784.i604 = mul i32 %.780.i603, %.419.i559
  %.785.i605 = add i32 %.749.i601, %.784.i604
  %.815.i606 = getelementptr i32, ptr %5, i64 %.788.i580
  %.816.i607 = load i32, ptr %.815.i606, align 4, !noalias !35
  %.820.i608 = mul i32 %.816.i607, %.448.i561
  %.821.i609 = add i32 %.785.i605, %.820.i608
  %.847.i610 = getelementptr i32, ptr %arg.one.4, i64 %.482.0632.i582
  store i32 %.821.i609, ptr %.847.i610, align 4, !noalias !35
  %exitcond.not.i611 = icmp eq i64 %count.2.0668, %.553.i583
  br i1 %exitcond.not.i611, label %B914.i612, label %B650.if.i581

B1236.if.i632:                                    ; preds = %B1236.if.i632, %B1236.if.lr.ph.i622
  %.1108.0635.i633 = phi i64 [ 0, %B1236.if.lr.ph.i622 ], [ %.1177.i634, %B1236.if.i632 ]
  %.1177.i634 = add nuw nsw i64 %.1108.0635.i633, 1
  %.1229.i635 = getelementptr i32, ptr %arg.places.4, i64 %.1108.0635.i633
  %.1230.i636 = load i32, ptr %.1229.i635, align 4, !noalias !35
  %.1256.i637 = getelementptr i32, ptr %arg.one.4, i64 %.1108.0635.i633
  %.1257.i638 = load i32, ptr %.1256.i637, align 4, !noalias !35
  %.1259.i639 = zext i32 %.1230.i636 to i64
  %6 = getelementptr i32, ptr %arg.sums.4, i64 %.1259.i639
  %.1287.i640 = getelementptr i32, ptr %6, i64 %.1260.i629
  %.1288.i641 = load i32, ptr %.1287.i640, align 4, !noalias !35
  %.1292.i642 = mul i32 %.1288.i641, %.907.i614
  %.1322.i643 = getelementptr i32, ptr %6, i64 %.1295.i630
  %.1323.i644 = load i32, ptr %.1322.i643, align 4, !noalias !35
  %.1327.i645 = mul i32 %.1323.i644, %.936.i616
  %.1358.i646 = getelementptr i32, ptr %6, i64 %.1331.i631
  %.1359.i647 = load i32, ptr %.1358.i646, align 4, !noalias !35
  %.1363.i648 = mul i32 %.1359.i647, %.967.i618
  %.1328.i649 = add i32 %.1292.i642, %.1257.i638
  %.1364.i650 = add i32 %.1328.i649, %.1327.i645
  %.1366.i651 = add i32 %.1364.i650, %.1363.i648
  store i32 %.1366.i651, ptr %.1256.i637, align 4, !noalias !35
  %exitcond637.not.i652 = icmp eq i64 %count.2.0668, %.1177.i634
  br i1 %exitcond637.not.i652, label %_ZN7cascade10ask_placesB3v12B52c8tJTIeFIjxB2IKSgI4CrvQCk0Z4yRYcWqCQhqcRsCJNAA_3d_3dE5ArrayIiLi1E1C7mutable7alignedE5ArrayIjLi1E1C7mutable7alignedE23Literal_5bint_5d_280_29x5ArrayIiLi1E1C7mutable7alignedE5ArrayIjLi1E1C7mutable7alignedEx5ArrayIiLi1E1C7mutable7alignedE.exit653, label %B1236.if.i632

_ZN7cascade10ask_placesB3v12B52c8tJTIeFIjxB2IKSgI4CrvQCk0Z4yRYcWqCQhqcRsCJNAA_3d_3dE5ArrayIiLi1E1C7mutable7alignedE5ArrayIjLi1E1C7mutable7alignedE23Literal_5bint_5d_280_29x5ArrayIiLi1E1C7mutable7alignedE5ArrayIjLi1E1C7mutable7alignedEx5ArrayIiLi1E1C7mutable7alignedE.exit653: ; preds = %B1236.if.i632, %B914.i612
  %.644 = or disjoint i64 %.598, 1
  %.idx = mul nsw i64 %.644, 108
  %7 = getelementptr i8, ptr %arg.cascade.3.4, i64 %.idx
  %.672 = getelementptr i8, ptr %7, i64 8
  %.673 = load i32, ptr %.672, align 4
  %.674.not = icmp eq i32 %.673, 0
  br i1 %.674.not, label %B488, label %B384

B620.if:                                          ; preds = %B536, %B620.if
  %passing.2.1664 = phi i64 [ %.1176, %B620.if ], [ 0, %B536 ]
  %.888.0663 = phi i64 [ %.950, %B620.if ], [ %storemerge505, %B536 ]
  %.885.0662 = phi i64 [ %.954, %B620.if ], [ 0, %B536 ]
  %.950 = add nsw i64 %.888.0663, -1
  %.954 = add nuw nsw i64 %.885.0662, 1
  %.1007 = getelementptr i32, ptr %arg.places.4, i64 %.885.0662
  %.1008 = load i32, ptr %.1007, align 4
  %.1034 = getelementptr float, ptr %arg.kept.4, i64 %.885.0662
  %.1035 = load float, ptr %.1034, align 4
  %.1061 = getelementptr float, ptr %arg.weights.4, i64 %.885.0662
  %.1062 = load float, ptr %.1061, align 4
  %.1088 = getelementptr i32, ptr %arg.places.4, i64 %passing.2.1664
  store i32 %.1008, ptr %.1088, align 4
  %.1115 = getelementptr float, ptr %arg.kept.4, i64 %passing.2.1664
  store float %.1035, ptr %.1115, align 4
  %.1142 = getelementptr float, ptr %arg.weights.4, i64 %passing.2.1664
  store float %.1062, ptr %.1142, align 4
  %.1170 = load float, ptr %.1061, align 4
  %.1172 = fcmp oge float %.1170, %.849
  %.1175 = zext i1 %.1172 to i64
  %.1176 = add nuw nsw i64 %passing.2.1664, %.1175
  %.941 = icmp sgt i64 %.888.0663, 1
  br i1 %.941, label %B620.if, label %B50.loopexit
}

; Function Attrs: nofree norecurse nosync nounwind memory(argmem: readwrite)
define noundef i32 @best_windows(ptr noalias writeonly captures(none) %retptr, ptr noalias readnone captures(none) %excinfo, ptr readnone captures(none) %arg.pixels.0, ptr readnone captures(none) %arg.pixels.1, i64 %arg.pixels.2, i64 %arg.pixels.3, ptr readonly captures(none) %arg.pixels.4, i64 %arg.pixels.5.0, i64 %arg.pixels.6.0, ptr readnone captures(none) %arg.regions.0, ptr readnone captures(none) %arg.regions.1, i64 %arg.regions.2, i64 %arg.regions.3, ptr readonly captures(none) %arg.regions.4, i64 %arg.regions.5.0, i64 %arg.regions.6.0, i64 %arg.count, double %arg.step, i64 %arg.neighbours, i64 %arg.window, ptr readnone captures(none) %arg.first.0, ptr readnone captures(none) %arg.first.1, i64 %arg.first.2, i64 %arg.first.3, ptr readonly captures(none) %arg.first.4, i64 %arg.first.5.0, i64 %arg.first.6.0, ptr readnone captures(none) %arg.passes.0, ptr readnone captures(none) %arg.passes.1, i64 %arg.passes.2, i64 %arg.passes.3, ptr readonly captures(none) %arg.passes.4, i64 %arg.passes.5.0, i64 %arg.passes.6.0, ptr readnone captures(none) %arg.trees.0, ptr readnone captures(none) %arg.trees.1, i64 %arg.trees.2, i64 %arg.trees.3, ptr readonly captures(none) %arg.trees.4, i64 %arg.trees.5.0, i64 %arg.trees.6.0, ptr readnone captures(none) %arg.corners.0, ptr readnone captures(none) %arg.corners.1, i64 %arg.corners.2, i64 %arg.corners.3, ptr readonly captures(none) %arg.corners.4, i64 %arg.corners.5.0, i64 %arg.corners.6.0, i64 %arg.height, i64 %arg.width, i64 %arg.tiles, ptr readnone captures(none) %arg.octets.0, ptr readnone captures(none) %arg.octets.1, i64 %arg.octets.2, i64 %arg.octets.3, ptr captures(none) %arg.octets.4, i64 %arg.octets.5.0, i64 %arg.octets.6.0, ptr readnone captures(none) %arg.ints.0, ptr readnone captures(none) %arg.ints.1, i64 %arg.ints.2, i64 %arg.ints.3, ptr %arg.ints.4, i64 %arg.ints.5.0, i64 %arg.ints.6.0, ptr readnone captures(none) %arg.indices.0, ptr readnone captures(none) %arg.indices.1, i64 %arg.indices.2, i64 %arg.indices.3, ptr captures(none) %arg.indices.4, i64 %arg.indices.5.0, i64 %arg.indices.6.0, ptr readnone captures(none) %arg.floats.0, ptr readnone captures(none) %arg.floats.1, i64 %arg.floats.2, i64 %arg.floats.3, ptr captures(none) %arg.floats.4, i64 %arg.floats.5.0, i64 %arg.floats.6.0) local_unnamed_addr #0 {
entry:
  %.3345 = alloca i64, align 8
  store i64 0, ptr %.3345, align 8
  %.128 = mul nsw i64 %arg.width, %arg.height
  %.145 = mul nsw i64 %arg.tiles, %.128
  %.146 = shl nsw i64 %.145, 2
  %.192 = icmp slt i64 %arg.ints.5.0, 1
  br i1 %.192, label %B0.else.endif.if, label %B0.else.endif.endif, !prof !0

B992:                                             ; preds = %B992.preheader, %B1386
  %found.5.1 = phi i64 [ %found.6.2, %B1386 ], [ %found.4.01380, %B992.preheader ]
  %tile.2.1 = phi i64 [ %tile.5.2, %B1386 ], [ %tile.3.01381, %B992.preheader ]
  %side.2.1 = phi i64 [ %.5.i1364, %B1386 ], [ %arg.window, %B992.preheader ]
  %factor.3.1 = phi double [ %.3166, %B1386 ], [ 1.000000e+00, %B992.preheader ]
  %.2865.not = icmp slt i64 %side.2.1, %.2864
  br i1 %.2865.not, label %B1386, label %B1004

B1004:                                            ; preds = %B992
  %.2875 = fdiv double %.2871, %factor.3.1
  %.2883.le = tail call double @llvm.rint.f64(double %.2875)
  %.5.i = fptosi double %.2883.le to i64
  %.2918 = fdiv double %.2914, %factor.3.1
  %.2926.le = tail call double @llvm.rint.f64(double %.2918)
  %.5.i1337 = fptosi double %.2926.le to i64
  %.134275.not.i = icmp slt i64 %.5.i1337, 1
  br i1 %.134275.not.i, label %B298.i, label %B34.if.lr.ph.i

B1386:                                            ; preds = %_ZN11face_search12list_windowsB3v32B52c8tJTIeFIjxB2IKSgI4CrvQCk0Z4yRYcWqCQhqcRsCJNAA_3d_3dE5ArrayIiLi1E1C7mutable7alignedE5ArrayIjLi1E1C7mutable7alignedExxxxxx5ArrayIjLi1E1C7mutable7alignedE5ArrayIfLi1E1C7mutable7alignedEx.exit, %B992
  %found.6.2 = phi i64 [ %found.2.0.lcssa.i, %_ZN11face_search12list_windowsB3v32B52c8tJTIeFIjxB2IKSgI4CrvQCk0Z4yRYcWqCQhqcRsCJNAA_3d_3dE5ArrayIiLi1E1C7mutable7alignedE5ArrayIjLi1E1C7mutable7alignedExxxxxx5ArrayIjLi1E1C7mutable7alignedE5ArrayIfLi1E1C7mutable7alignedEx.exit ], [ %found.5.1, %B992 ]
  %tile.5.2 = phi i64 [ %.3142, %_ZN11face_search12list_windowsB3v32B52c8tJTIeFIjxB2IKSgI4CrvQCk0Z4yRYcWqCQhqcRsCJNAA_3d_3dE5ArrayIiLi1E1C7mutable7alignedE5ArrayIjLi1E1C7mutable7alignedExxxxxx5ArrayIjLi1E1C7mutable7alignedE5ArrayIfLi1E1C7mutable7alignedEx.exit ], [ %tile.2.1, %B992 ]
  %.3166 = fmul double %arg.step, %factor.3.1
  %.3171 = fmul double %.3166, %.3170
  %.3179.le = tail call double @llvm.rint.f64(double %.3171)
  %.5.i1364 = fptosi double %.3179.le to i64
  %.3212.not = icmp sgt i64 %.5.i1364, %.2844
  br i1 %.3212.not, label %B1480, label %B992

B1480:                                            ; preds = %B1386, %B670.if
  %found.7.2 = phi i64 [ %found.4.01380, %B670.if ], [ %found.6.2, %B1386 ]
  %tile.4.2 = phi i64 [ %tile.3.01381, %B670.if ], [ %tile.5.2, %B1386 ]
  %.3246 = sub nsw i64 %found.7.2, %found.4.01380
  br i1 %.224666.not.i, label %_ZN7cascade11pass_placesB3v33B52c8tJTIeFIjxB2IKSgI4CrvQCk0Z4yRYcWqCQhqcRsCJNAA_3d_3dE5ArrayIiLi1E1C7mutable7alignedE5ArrayIjLi1E1C7mutable7alignedE5ArrayIfLi1E1C7mutable7alignedE5ArrayIfLi1E1C7mutable7alignedExx5TupleI5ArrayIiLi1E1C7mutable7alignedE5ArrayIfLi1E1C7mutable7alignedE5ArrayIfLi1E1C7mutable7alignedE5ArrayIiLi1E1C7mutable7alignedEE5ArrayIjLi1E1C7mutable7alignedE23Literal_5bint_5d_280_29x5ArrayIiLi1E1C7mutable7alignedE5ArrayIiLi1E1C7mutable7alignedE.exit, label %B52.if.lr.ph.i

B52.if.lr.ph.i:                                   ; preds = %B1480
  %0 = getelementptr float, ptr %.2006, i64 %found.4.01380
  %1 = getelementptr i32, ptr %.1318, i64 %found.4.01380
  %2 = getelementptr float, ptr %.2186, i64 %found.4.01380
  br label %B52.if.i

B50.loopexit.i:                                   ; preds = %B620.if.i, %B536.i
  %passing.2.1.lcssa.i = phi i64 [ 0, %B536.i ], [ %.1176.i, %B620.if.i ]
  %exitcond.not.i = icmp eq i64 %.237.i, %.11.i
  br i1 %exitcond.not.i, label %_ZN7cascade11pass_placesB3v33B52c8tJTIeFIjxB2IKSgI4CrvQCk0Z4yRYcWqCQhqcRsCJNAA_3d_3dE5ArrayIiLi1E1C7mutable7alignedE5ArrayIjLi1E1C7mutable7alignedE5ArrayIfLi1E1C7mutable7alignedE5ArrayIfLi1E1C7mutable7alignedExx5TupleI5ArrayIiLi1E1C7mutable7alignedE5ArrayIfLi1E1C7mutable7alignedE5ArrayIfLi1E1C7mutable7alignedE5ArrayIiLi1E1C7mutable7alignedEE5ArrayIjLi1E1C7mutable7alignedE23Literal_5bint_5d_280_29x5ArrayIiLi1E1C7mutable7alignedE5ArrayIiLi1E1C7mutable7alignedE.exit, label %B52.if.i

B134.i:                                           ; preds = %B86.if.preheader.i, %B52.if.i
  %.444.i = getelementptr i32, ptr %arg.first.4, i64 %.165.0668.i
  %.445.i = load i32, ptr %.444.i, align 4, !noalias !38
  %.473.i = getelementptr i8, ptr %.444.i, i64 4
  %.474.i = load i32, ptr %.473.i, align 4, !noalias !38
  %.511.i = sub i32 %.474.i, %.445.i
  %.554659.not.i = icmp slt i32 %.511.i, 1
  br i1 %.554659.not.i, label %B536.i, label %B248.if.i

B384.i:                                           ; preds = %_ZN7cascade10ask_placesB3v34B52c8tJTIeFIjxB2IKSgI4CrvQCk0Z4yRYcWqCQhqcRsCJNAA_3d_3dE5ArrayIiLi1E1C7mutable7alignedE5ArrayIjLi1E1C7mutable7alignedExx5ArrayIiLi1E1C7mutable7alignedE5ArrayIjLi1E1C7mutable7alignedEx5ArrayIiLi1E1C7mutable7alignedE.exit654.i
  %.102.idx.i.i = mul nsw i64 %.644.i, 36
  %.102.i.i = getelementptr i8, ptr %.1656, i64 %.102.idx.i.i
  %.322.i.i = getelementptr i8, ptr %10, i64 20
  %.323.i.i = load i32, ptr %.322.i.i, align 4, !noalias !41
  %.351.i.i = getelementptr i8, ptr %10, i64 32
  %.352.i.i = load i32, ptr %.351.i.i, align 4, !noalias !41
  %.389.i.i = getelementptr i8, ptr %10, i64 44
  %.390.i.i = load i32, ptr %.389.i.i, align 4, !noalias !41
  %.418.i.i = getelementptr i8, ptr %10, i64 56
  %.419.i.i = load i32, ptr %.418.i.i, align 4, !noalias !41
  %.447.i.i = getelementptr i8, ptr %10, i64 68
  %.448.i.i = load i32, ptr %.447.i.i, align 4, !noalias !41
  br i1 %.303.i, label %B914.i.i, label %B650.if.lr.ph.i.i

B650.if.lr.ph.i.i:                                ; preds = %B384.i
  %.256.i.i = getelementptr i8, ptr %.102.i.i, i64 20
  %.257.i.i = load i32, ptr %.256.i.i, align 4, !noalias !41
  %.227.i.i = getelementptr i8, ptr %.102.i.i, i64 16
  %.228.i.i = load i32, ptr %.227.i.i, align 4, !noalias !41
  %.198.i.i = getelementptr i8, ptr %.102.i.i, i64 12
  %.199.i.i = load i32, ptr %.198.i.i, align 4, !noalias !41
  %.160.i.i = getelementptr i8, ptr %.102.i.i, i64 8
  %.161.i.i = load i32, ptr %.160.i.i, align 4, !noalias !41
  %.131.i.i = getelementptr i8, ptr %.102.i.i, i64 4
  %.132.i.i = load i32, ptr %.131.i.i, align 4, !noalias !41
  %.103.i.i = load i32, ptr %.102.i.i, align 4, !noalias !41
  %.609.i.i = zext i32 %.103.i.i to i64
  %.644.i.i = zext i32 %.132.i.i to i64
  %.680.i.i = zext i32 %.161.i.i to i64
  %.716.i.i = zext i32 %.199.i.i to i64
  %.752.i.i = zext i32 %.228.i.i to i64
  %.788.i.i = zext i32 %.257.i.i to i64
  br label %B650.if.i.i

B914.i.i:                                         ; preds = %B650.if.i.i, %B384.i
  %.906.i.i = getelementptr i8, ptr %10, i64 80
  %.907.i.i = load i32, ptr %.906.i.i, align 4, !noalias !41
  %.935.i.i = getelementptr i8, ptr %10, i64 92
  %.936.i.i = load i32, ptr %.935.i.i, align 4, !noalias !41
  %.966.i.i = getelementptr i8, ptr %10, i64 104
  %.967.i.i = load i32, ptr %.966.i.i, align 4, !noalias !41
  %.980.not.i.i = icmp eq i32 %.907.i.i, 0
  %or.cond.i.i = or i1 %.303.i, %.980.not.i.i
  br i1 %or.cond.i.i, label %_ZN7cascade10ask_placesB3v34B52c8tJTIeFIjxB2IKSgI4CrvQCk0Z4yRYcWqCQhqcRsCJNAA_3d_3dE5ArrayIiLi1E1C7mutable7alignedE5ArrayIjLi1E1C7mutable7alignedExx5ArrayIiLi1E1C7mutable7alignedE5ArrayIjLi1E1C7mutable7alignedEx5ArrayIiLi1E1C7mutable7alignedE.exit.i, label %B1236.if.lr.ph.i.i

B1236.if.lr.ph.i.i:                               ; preds = %B914.i.i
  %.1069.i.i = getelementptr i8, ptr %.102.i.i, i64 32
  %.1070.i.i = load i32, ptr %.1069.i.i, align 4, !noalias !41
  %.1038.i.i = getelementptr i8, ptr %.102.i.i, i64 28
  %.1039.i.i = load i32, ptr %.1038.i.i, align 4, !noalias !41
  %.1009.i.i = getelementptr i8, ptr %.102.i.i, i64 24
  %.1010.i.i = load i32, ptr %.1009.i.i, align 4, !noalias !41
  %.1260.i.i = zext i32 %.1010.i.i to i64
  %.1295.i.i = zext i32 %.1039.i.i to i64
  %.1331.i.i = zext i32 %.1070.i.i to i64
  br label %B1236.if.i.i

B650.if.i.i:                                      ; preds = %B650.if.i.i, %B650.if.lr.ph.i.i
  %.482.0632.i.i = phi i64 [ 0, %B650.if.lr.ph.i.i ], [ %.553.i.i, %B650.if.i.i ]
  %.553.i.i = add nuw nsw i64 %.482.0632.i.i, 1
  %.605.i.i = getelementptr i32, ptr %1, i64 %.482.0632.i.i
  %.606.i.i = load i32, ptr %.605.i.i, align 4, !noalias !41
  %.608.i.i = zext i32 %.606.i.i to i64
  %3 = getelementptr i32, ptr %.285, i64 %.608.i.i
  %.636.i.i = getelementptr i32, ptr %3, i64 %.609.i.i
  %.637.i.i = load i32, ptr %.636.i.i, align 4, !noalias !41
  %.641.i.i = mul i32 %.637.i.i, %.673.i
  %.671.i.i = getelementptr i32, ptr %3, i64 %.644.i.i
  %.672.i.i = load i32, ptr %.671.i.i, align 4, !noalias !41
  %.676.i.i = mul i32 %.672.i.i, %.323.i.i
  %.677.i.i = add i32 %.676.i.i, %.641.i.i
  %.707.i.i = getelementptr i32, ptr %3, i64 %.680.i.i
  %.708.i.i = load i32, ptr %.707.i.i, align 4, !noalias !41
  %.712.i.i = mul i32 %.708.i.i, %.352.i.i
  %.713.i.i = add i32 %.677.i.i, %.712.i.i
  %.743.i.i = getelementptr i32, ptr %3, i64 %.716.i.i
  %.744.i.i = load i32, ptr %.743.i.i, align 4, !noalias !41
  %.748.i.i = mul i32 %.744.i.i, %.390.i.i
  %.749.i.i = add i32 %.713.i.i, %.748.i.i
  %.779.i.i = getelementptr i32, ptr %3, i64 %.752.i.i
  %.780.i.i = load i32, ptr %.779.i.i, align 4, !noalias !41
  %.784.i.i = mul i32 %.780.i.i, %.419.i.i
  %.785.i.i = add i32 %.749.i.i, %.784.i.i
  %.815.i.i = getelementptr i32, ptr %3, i64 %.788.i.i
  %.816.i.i = load i32, ptr %.815.i.i, align 4, !noalias !41
  %.820.i.i = mul i32 %.816.i.i, %.448.i.i
  %.821.i.i = add i32 %.785.i.i, %.820.i.i
  %.847.i.i = getelementptr i32, ptr %.623, i64 %.482.0632.i.i
  store i32 %.821.i.i, ptr %.847.i.i, align 4, !noalias !41
  %exitcond.not.i.i = icmp eq i64 %count.2.0669.i, %.553.i.i
  br i1 %exitcond.not.i.i, label %B914.i.i, label %B650.if.i.i

B1236.if.i.i:                                     ; preds = %B1236.if.i.i, %B1236.if.lr.ph.i.i
  %.1108.0635.i.i = phi i64 [ 0, %B1236.if.lr.ph.i.i ], [ %.1177.i.i, %B1236.if.i.i ]
  %.1177.i.i = add nuw nsw i64 %.1108.0635.i.i, 1
  %.1229.i.i = getelementptr i32, ptr %1, i64 %.1108.0635.i.i
  %.1230.i.i = load i32, ptr %.1229.i.i, align 4, !noalias !41
  %.1256.i.i = getelementptr i32, ptr %.623, i64 %.1108.0635.i.i
  %.1257.i.i = load i32, ptr %.1256.i.i, align 4, !noalias !41
  %.1259.i.i = zext i32 %.1230.i.i to i64
  %4 = getelementptr i32, ptr %.285, i64 %.1259.i.i
  %.1287.i.i = getelementptr i32, ptr %4, i64 %.1260.i.i
  %.1288.i.i = load i32, ptr %.1287.i.i, align 4, !noalias !41
  %.1292.i.i = mul i32 %.1288.i.i, %.907.i.i
  %.1322.i.i = getelementptr i32, ptr %4, i64 %.1295.i.i
  %.1323.i.i = load i32, ptr %.1322.i.i, align 4, !noalias !41
  %.1327.i.i = mul i32 %.1323.i.i, %.936.i.i
  %.1358.i.i = getelementptr i32, ptr %4, i64 %.1331.i.i
  %.1359.i.i = load i32, ptr %.1358.i.i, align 4, !noalias !41
  %.1363.i.i = mul i32 %.1359.i.i, %.967.i.i
  %.1328.i.i = add i32 %.1292.i.i, %.1257.i.i
  %.1364.i.i = add i32 %.1328.i.i, %.1327.i.i
  %.1366.i.i = add i32 %.1364.i.i, %.1363.i.i
  store i32 %.1366.i.i, ptr %.1256.i.i, align 4, !noalias !41
  %exitcond637.not.i.i = icmp eq i64 %count.2.0669.i, %.1177.i.i
  br i1 %exitcond637.not.i.i, label %_ZN7cascade10ask_placesB3v34B52c8tJTIeFIjxB2IKSgI4CrvQCk0Z4yRYcWqCQhqcRsCJNAA_3d_3dE5ArrayIiLi1E1C7mutable7alignedE5ArrayIjLi1E1C7mutable7alignedExx5ArrayIiLi1E1C7mutable7alignedE5ArrayIjLi1E1C7mutable7alignedEx5ArrayIiLi1E1C7mutable7alignedE.exit.i, label %B1236.if.i.i

_ZN7cascade10ask_placesB3v34B52c8tJTIeFIjxB2IKSgI4CrvQCk0Z4yRYcWqCQhqcRsCJNAA_3d_3dE5ArrayIiLi1E1C7mutable7alignedE5ArrayIjLi1E1C7mutable7alignedExx5ArrayIiLi1E1C7mutable7alignedE5ArrayIjLi1E1C7mutable7alignedEx5ArrayIiLi1E1C7mutable7alignedE.exit.i: ; preds = %B1236.if.i.i, %B914.i.i
  %.91.idx.i.i = mul nsw i64 %.597.i, 24
  %.91.i.i = getelementptr i8, ptr %arg.trees.4, i64 %.91.idx.i.i
  %.92.i.i = load float, ptr %.91.i.i, align 4, !noalias !44
  %.118.i.i = getelementptr i8, ptr %.91.i.i, i64 4
  %.119.i.i = load float, ptr %.118.i.i, align 4, !noalias !44
  %.151.i.i = getelementptr i8, ptr %.91.i.i, i64 8
  %.152.i.i = load float, ptr %.151.i.i, align 4, !noalias !44
  %.178.i.i = getelementptr i8, ptr %.91.i.i, i64 12
  %.179.i.i = load float, ptr %.178.i.i, align 4, !noalias !44
  %.205.i.i = getelementptr i8, ptr %.91.i.i, i64 16
  %.206.i.i = load float, ptr %.205.i.i, align 4, !noalias !44
  %.232.i.i = getelementptr i8, ptr %.91.i.i, i64 20
  %.233.i.i = load float, ptr %.232.i.i, align 4, !noalias !44
  br i1 %.303.i, label %B873.i, label %B342.if.i.i

B342.if.i.i:                                      ; preds = %_ZN7cascade10ask_placesB3v34B52c8tJTIeFIjxB2IKSgI4CrvQCk0Z4yRYcWqCQhqcRsCJNAA_3d_3dE5ArrayIiLi1E1C7mutable7alignedE5ArrayIjLi1E1C7mutable7alignedExx5ArrayIiLi1E1C7mutable7alignedE5ArrayIjLi1E1C7mutable7alignedEx5ArrayIiLi1E1C7mutable7alignedE.exit.i, %B342.if.i.i
  %.277.0241.i.i = phi i64 [ %.348.i.i, %B342.if.i.i ], [ 0, %_ZN7cascade10ask_placesB3v34B52c8tJTIeFIjxB2IKSgI4CrvQCk0Z4yRYcWqCQhqcRsCJNAA_3d_3dE5ArrayIiLi1E1C7mutable7alignedE5ArrayIjLi1E1C7mutable7alignedExx5ArrayIiLi1E1C7mutable7alignedE5ArrayIjLi1E1C7mutable7alignedEx5ArrayIiLi1E1C7mutable7alignedE.exit.i ]
  %.348.i.i = add nuw nsw i64 %.277.0241.i.i, 1
  %.404.i.i = getelementptr float, ptr %2, i64 %.277.0241.i.i
  %.405.i.i = load float, ptr %.404.i.i, align 4, !noalias !44
  %.435.i.i = getelementptr i32, ptr %.623, i64 %.277.0241.i.i
  %.436.i.i = load i32, ptr %.435.i.i, align 4, !noalias !44
  %.437.i.i = sitofp i32 %.436.i.i to float
  %.439.i.i = fmul float %.405.i.i, %.437.i.i
  %.441.i.i = fcmp olt float %.439.i.i, %.119.i.i
  %.152..179.i.i = select i1 %.441.i.i, float %.152.i.i, float %.179.i.i
  %"$phi508.1.2.1.i.i" = select i1 %.441.i.i, float %.206.i.i, float %.233.i.i
  %.509.i.i = getelementptr float, ptr %0, i64 %.277.0241.i.i
  %.510.i.i = load float, ptr %.509.i.i, align 4, !noalias !44
  %.539.i.i = getelementptr i32, ptr %.454, i64 %.277.0241.i.i
  %.540.i.i = load i32, ptr %.539.i.i, align 4, !noalias !44
  %.541.i.i = sitofp i32 %.540.i.i to float
  %.543.i.i = fmul float %.405.i.i, %.541.i.i
  %.547.i.i = fcmp olt float %.543.i.i, %.92.i.i
  %"$phi658.4.2.1.i.i" = select i1 %.547.i.i, float %.152..179.i.i, float %"$phi508.1.2.1.i.i"
  %.578.i.i = fadd float %.510.i.i, %"$phi658.4.2.1.i.i"
  store float %.578.i.i, ptr %.509.i.i, align 4, !noalias !44
  %exitcond.not.i508.i = icmp eq i64 %.348.i.i, %count.2.0669.i
  br i1 %exitcond.not.i508.i, label %B873.i, label %B342.if.i.i

B488.i:                                           ; preds = %_ZN7cascade10ask_placesB3v34B52c8tJTIeFIjxB2IKSgI4CrvQCk0Z4yRYcWqCQhqcRsCJNAA_3d_3dE5ArrayIiLi1E1C7mutable7alignedE5ArrayIjLi1E1C7mutable7alignedExx5ArrayIiLi1E1C7mutable7alignedE5ArrayIjLi1E1C7mutable7alignedEx5ArrayIiLi1E1C7mutable7alignedE.exit654.i
  %.91.idx.i510.i = mul nsw i64 %.597.i, 24
  %.91.i511.i = getelementptr i8, ptr %arg.trees.4, i64 %.91.idx.i510.i
  %.92.i512.i = load float, ptr %.91.i511.i, align 4, !noalias !47
  %.118.i513.i = getelementptr i8, ptr %.91.i511.i, i64 4
  %.119.i514.i = load float, ptr %.118.i513.i, align 4, !noalias !47
  %.151.i515.i = getelementptr i8, ptr %.91.i511.i, i64 8
  %.152.i516.i = load float, ptr %.151.i515.i, align 4, !noalias !47
  %.178.i517.i = getelementptr i8, ptr %.91.i511.i, i64 12
  %.179.i518.i = load float, ptr %.178.i517.i, align 4, !noalias !47
  %.205.i519.i = getelementptr i8, ptr %.91.i511.i, i64 16
  %.206.i520.i = load float, ptr %.205.i519.i, align 4, !noalias !47
  %.232.i521.i = getelementptr i8, ptr %.91.i511.i, i64 20
  %.233.i522.i = load float, ptr %.232.i521.i, align 4, !noalias !47
  br i1 %.303.i, label %B873.i, label %B342.if.i525.i

B342.if.i525.i:                                   ; preds = %B488.i, %B342.if.i525.i
  %.277.0241.i526.i = phi i64 [ %.348.i527.i, %B342.if.i525.i ], [ 0, %B488.i ]
  %.348.i527.i = add nuw nsw i64 %.277.0241.i526.i, 1
  %.404.i528.i = getelementptr float, ptr %2, i64 %.277.0241.i526.i
  %.405.i529.i = load float, ptr %.404.i528.i, align 4, !noalias !47
  %.435.i530.i = getelementptr i32, ptr %.454, i64 %.277.0241.i526.i
  %.436.i531.i = load i32, ptr %.435.i530.i, align 4, !noalias !47
  %.437.i532.i = sitofp i32 %.436.i531.i to float
  %.439.i533.i = fmul float %.405.i529.i, %.437.i532.i
  %.441.i534.i = fcmp olt float %.439.i533.i, %.119.i514.i
  %.152..179.i535.i = select i1 %.441.i534.i, float %.152.i516.i, float %.179.i518.i
  %"$phi508.1.2.1.i536.i" = select i1 %.441.i534.i, float %.206.i520.i, float %.233.i522.i
  %.509.i537.i = getelementptr float, ptr %0, i64 %.277.0241.i526.i
  %.510.i538.i = load float, ptr %.509.i537.i, align 4, !noalias !47
  %.547.i543.i = fcmp olt float %.439.i533.i, %.92.i512.i
  %"$phi658.4.2.1.i544.i" = select i1 %.547.i543.i, float %.152..179.i535.i, float %"$phi508.1.2.1.i536.i"
  %.578.i545.i = fadd float %.510.i538.i, %"$phi658.4.2.1.i544.i"
  store float %.578.i545.i, ptr %.509.i537.i, align 4, !noalias !47
  %exitcond.not.i546.i = icmp eq i64 %.348.i527.i, %count.2.0669.i
  br i1 %exitcond.not.i546.i, label %B873.i, label %B342.if.i525.i

B536.i:                                           ; preds = %B873.i, %B134.i
  %.848.i = getelementptr float, ptr %arg.passes.4, i64 %.165.0668.i
  %.849.i = load float, ptr %.848.i, align 4, !noalias !38
  br i1 %.303.i, label %B50.loopexit.i, label %B620.if.i

B873.i:                                           ; preds = %B342.if.i.i, %B342.if.i525.i, %B488.i, %_ZN7cascade10ask_placesB3v34B52c8tJTIeFIjxB2IKSgI4CrvQCk0Z4yRYcWqCQhqcRsCJNAA_3d_3dE5ArrayIiLi1E1C7mutable7alignedE5ArrayIjLi1E1C7mutable7alignedExx5ArrayIiLi1E1C7mutable7alignedE5ArrayIjLi1E1C7mutable7alignedEx5ArrayIiLi1E1C7mutable7alignedE.exit.i
  %.554.i = icmp sgt i32 %.501.0661.i, 1
  br i1 %.554.i, label %B248.if.i, label %B536.i

B52.if.i:                                         ; preds = %B50.loopexit.i, %B52.if.lr.ph.i
  %count.2.0669.i = phi i64 [ %.3246, %B52.if.lr.ph.i ], [ %passing.2.1.lcssa.i, %B50.loopexit.i ]
  %.165.0668.i = phi i64 [ 0, %B52.if.lr.ph.i ], [ %.237.i, %B50.loopexit.i ]
  %.237.i = add nuw nsw i64 %.165.0668.i, 1
  %.303.i = icmp slt i64 %count.2.0669.i, 1
  %storemerge505.i = select i1 %.303.i, i64 0, i64 %count.2.0669.i
  br i1 %.303.i, label %B134.i, label %B86.if.preheader.i

B86.if.preheader.i:                               ; preds = %B52.if.i
  %5 = tail call i64 @llvm.smax.i64(i64 %storemerge505.i, i64 1)
  %6 = shl nuw i64 %5, 2
  tail call void @llvm.memset.p0.i64(ptr noundef nonnull align 4 dereferenceable(1) %0, i8 0, i64 %6, i1 false), !noalias !38
  br label %B134.i

B248.if.i:                                        ; preds = %B134.i, %B873.i
  %.501.0661.i = phi i32 [ %.563.i, %B873.i ], [ %.511.i, %B134.i ]
  %.498.0660.i = phi i32 [ %.567.i, %B873.i ], [ %.445.i, %B134.i ]
  %.563.i = add nsw i32 %.501.0661.i, -1
  %.567.i = add i32 %.498.0660.i, 1
  %.597.i = sext i32 %.498.0660.i to i64
  %.598.i = shl nsw i64 %.597.i, 1
  %.102.idx.i548.i = mul nsw i64 %.597.i, 72
  %.102.i549.i = getelementptr i8, ptr %.1656, i64 %.102.idx.i548.i
  %.idx.i550.i = mul nsw i64 %.597.i, 216
  %7 = getelementptr i8, ptr %arg.corners.4, i64 %.idx.i550.i
  %.293.i551.i = getelementptr i8, ptr %7, i64 8
  %.294.i552.i = load i32, ptr %.293.i551.i, align 4, !noalias !50
  %.322.i553.i = getelementptr i8, ptr %7, i64 20
  %.323.i554.i = load i32, ptr %.322.i553.i, align 4, !noalias !50
  %.351.i555.i = getelementptr i8, ptr %7, i64 32
  %.352.i556.i = load i32, ptr %.351.i555.i, align 4, !noalias !50
  %.389.i557.i = getelementptr i8, ptr %7, i64 44
  %.390.i558.i = load i32, ptr %.389.i557.i, align 4, !noalias !50
  %.418.i559.i = getelementptr i8, ptr %7, i64 56
  %.419.i560.i = load i32, ptr %.418.i559.i, align 4, !noalias !50
  %.447.i561.i = getelementptr i8, ptr %7, i64 68
  %.448.i562.i = load i32, ptr %.447.i561.i, align 4, !noalias !50
  br i1 %.303.i, label %B914.i613.i, label %B650.if.lr.ph.i564.i

B650.if.lr.ph.i564.i:                             ; preds = %B248.if.i
  %.256.i565.i = getelementptr i8, ptr %.102.i549.i, i64 20
  %.257.i566.i = load i32, ptr %.256.i565.i, align 4, !noalias !50
  %.227.i567.i = getelementptr i8, ptr %.102.i549.i, i64 16
  %.228.i568.i = load i32, ptr %.227.i567.i, align 4, !noalias !50
  %.198.i569.i = getelementptr i8, ptr %.102.i549.i, i64 12
  %.199.i570.i = load i32, ptr %.198.i569.i, align 4, !noalias !50
  %.160.i571.i = getelementptr i8, ptr %.102.i549.i, i64 8
  %.161.i572.i = load i32, ptr %.160.i571.i, align 4, !noalias !50
  %.131.i573.i = getelementptr i8, ptr %.102.i549.i, i64 4
  %.132.i574.i = load i32, ptr %.131.i573.i, align 4, !noalias !50
  %.103.i575.i = load i32, ptr %.102.i549.i, align 4, !noalias !50
  %.609.i576.i = zext i32 %.103.i575.i to i64
  %.644.i577.i = zext i32 %.132.i574.i to i64
  %.680.i578.i = zext i32 %.161.i572.i to i64
  %.716.i579.i = zext i32 %.199.i570.i to i64
  %.752.i580.i = zext i32 %.228.i568.i to i64
  %.788.i581.i = zext i32 %.257.i566.i to i64
  br label %B650.if.i582.i

B914.i613.i:                                      ; preds = %B650.if.i582.i, %B248.if.i
  %.906.i614.i = getelementptr i8, ptr %7, i64 80
  %.907.i615.i = load i32, ptr %.906.i614.i, align 4, !noalias !50
  %.935.i616.i = getelementptr i8, ptr %7, i64 92
  %.936.i617.i = load i32, ptr %.935.i616.i, align 4, !noalias !50
  %.966.i618.i = getelementptr i8, ptr %7, i64 104
  %.967.i619.i = load i32, ptr %.966.i618.i, align 4, !noalias !50
  %.980.not.i620.i = icmp eq i32 %.907.i615.i, 0
  %or.cond.i622.i = or i1 %.303.i, %.980.not.i620.i
  br i1 %or.cond.i622.i, label %_ZN7cascade10ask_placesB3v34B52c8tJTIeFIjxB2IKSgI4CrvQCk0Z4yRYcWqCQhqcRsCJNAA_3d_3dE5ArrayIiLi1E1C7mutable7alignedE5ArrayIjLi1E1C7mutable7alignedExx5ArrayIiLi1E1C7mutable7alignedE5ArrayIjLi1E1C7mutable7alignedEx5ArrayIiLi1E1C7mutable7alignedE.exit654.i, label %B1236.if.lr.ph.i623.i

B1236.if.lr.ph.i623.i:                            ; preds = %B914.i613.i
  %.1069.i624.i = getelementptr i8, ptr %.102.i549.i, i64 32
  %.1070.i625.i = load i32, ptr %.1069.i624.i, align 4, !noalias !50
  %.1038.i626.i = getelementptr i8, ptr %.102.i549.i, i64 28
  %.1039.i627.i = load i32, ptr %.1038.i626.i, align 4, !noalias !50
  %.1009.i628.i = getelementptr i8, ptr %.102.i549.i, i64 24
  %.1010.i629.i = load i32, ptr %.1009.i628.i, align 4, !noalias !50
  %.1260.i630.i = zext i32 %.1010.i629.i to i64
  %.1295.i631.i = zext i32 %.1039.i627.i to i64
  %.1331.i632.i = zext i32 %.1070.i625.i to i64
  br label %B1236.if.i633.i

B650.if.i582.i:                                   ; preds = %B650.if.i582.i, %B650.if.lr.ph.i564.i
  %.482.0632.i583.i = phi i64 [ 0, %B650.if.lr.ph.i564.i ], [ %.553.i584.i, %B650.if.i582.i ]
  %.553.i584.i = add nuw nsw i64 %.482.0632.i583.i, 1
  %.605.i585.i = getelementptr i32, ptr %1, i64 %.482.0632.i583.i
  %.606.i586.i = load i32, ptr %.605.i585.i, align 4, !noalias !50
  %.608.i587.i = zext i32 %.606.i586.i to i64
  %8 = getelementptr i32, ptr %.285, i64 %.608.i587.i
  %.636.i588.i = getelementptr i32, ptr %8, i64 %.609.i576.i
  %.637.i589.i = load i32, ptr %.636.i588.i, align 4, !noalias !50
  %.641.i590.i = mul i32 %.637.i589.i, %.294.i552.i
  %.671.i591.i = getelementptr i32, ptr %8, i64 %.644.i577.i
  %.672.i592.i = load i32, ptr %.671.i591.i, align 4, !noalias !50
  %.676.i593.i = mul i32 %.672.i592.i, %.323.i554.i
  %.677.i594.i = add i32 %.676.i593.i, %.641.i590.i
  %.707.i595.i = getelementptr i32, ptr %8, i64 %.680.i578.i
  %.708.i596.i = load i32, ptr %.707.i595.i, align 4, !noalias !50
  %.712.i597.i = mul i32 %.708.i596.i, %.352.i556.i
  %.713.i598.i = add i32 %.677.i594.i, %.712.i597.i
  %.743.i599.i = getelementptr i32, ptr %8, i64 %.716.i579.i
  %.744.i600.i = load i32, ptr %.743.i599.i, align 4, !noalias !50
  %.748.i601.i = mul i32 %.744.i600.i, %.390.i558.i
  %.749.i602.i = add i32 %.713.i598.i, %.748.i601.i
  %.779.i603.i = getelementptr i32, ptr %8, i64 %.752.i580.i
  %.780.i604.i = load i32, ptr %.779.i603.i, align 4, !noalias !50
  %.784.i605.i = mul i32 %.780.i604.i, %.419.i560.i
  %.785.i606.i = add i32 %.749.i602.i, %.784.i605.i
  %.815.i607.i = getelementptr i32, ptr %8, i64 %.788.i581.i
  %.816.i608.i = load i32, ptr %.815.i607.i, align 4, !noalias !50
  %.820.i609.i = mul i32 %.816.i608.i, %.448.i562.i
  %.821.i610.i = add i32 %.785.i606.i, %.820.i609.i
  %.847.i611.i = getelementptr i32, ptr %.454, i64 %.482.0632.i583.i
  store i32 %.821.i610.i, ptr %.847.i611.i, align 4, !noalias !50
  %exitcond.not.i612.i = icmp eq i64 %count.2.0669.i, %.553.i584.i
  br i1 %exitcond.not.i612.i, label %B914.i613.i, label %B650.if.i582.i

B1236.if.i633.i:                                  ; preds = %B1236.if.i633.i, %B1236.if.lr.ph.i623.i
  %.1108.0635.i634.i = phi i64 [ 0, %B1236.if.lr.ph.i623.i ], [ %.1177.i635.i, %B1236.if.i633.i ]
  %.1177.i635.i = add nuw nsw i64 %.1108.0635.i634.i, 1
  %.1229.i636.i = getelementptr i32, ptr %1, i64 %.1108.0635.i634.i
  %.1230.i637.i = load i32, ptr %.1229.i636.i, align 4, !noalias !50
  %.1256.i638.i = getelementptr i32, ptr %.454, i64 %.1108.0635.i634.i
  %.1257.i639.i = load i32, ptr %.1256.i638.i, align 4, !noalias !50
  %.1259.i640.i = zext i32 %.1230.i637.i to i64
  %9 = getelementptr i32, ptr %.285, i64 %.1259.i640.i
  %.1287.i641.i = getelementptr i32, ptr %9, i64 %.1260.i630.i
  %.1288.i642.i = load i32, ptr %.1287.i641.i, align 4, !noalias !50
  %.1292.i643.i = mul i32 %.1288.i642.i, %.907.i615.i
  %.1322.i644.i = getelementptr i32, ptr %9, i64 %.1295.i631.i
  %.1323.i645.i = load i32, ptr %.1322.i644.i, align 4, !noalias !50
  %.1327.i646.i = mul i32 %.1323.i645.i, %.936.i617.i
  %.1358.i647.i = getelementptr i32, ptr %9, i64 %.1331.i632.i
  %.1359.i648.i = load i32, ptr %.1358.i647.i, align 4, !noalias !50
  %.1363.i649.i = mul i32 %.1359.i648.i, %.967.i619.i
  %.1328.i650.i = add i32 %.1292.i643.i, %.1257.i639.i
  %.1364.i651.i = add i32 %.1328.i650.i, %.1327.i646.i
  %.1366.i652.i = add i32 %.1364.i651.i, %.1363.i649.i
  store i32 %.1366.i652.i, ptr %.1256.i638.i, align 4, !noalias !50
  %exitcond637.not.i653.i = icmp eq i64 %count.2.0669.i, %.1177.i635.i
  br i1 %exitcond637.not.i653.i, label %_ZN7cascade10ask_placesB3v34B52c8tJTIeFIjxB2IKSgI4CrvQCk0Z4yRYcWqCQhqcRsCJNAA_3d_3dE5ArrayIiLi1E1C7mutable7alignedE5ArrayIjLi1E1C7mutable7alignedExx5ArrayIiLi1E1C7mutable7alignedE5ArrayIjLi1E1C7mutable7alignedEx5ArrayIiLi1E1C7mutable7alignedE.exit654.i, label %B1236.if.i633.i

_ZN7cascade10ask_placesB3v34B52c8tJTIeFIjxB2IKSgI4CrvQCk0Z4yRYcWqCQhqcRsCJNAA_3d_3dE5ArrayIiLi1E1C7mutable7alignedE5ArrayIjLi1E1C7mutable7alignedExx5ArrayIiLi1E1C7mutable7alignedE5ArrayIjLi1E1C7mutable7alignedEx5ArrayIiLi1E1C7mutable7alignedE.exit654.i: ; preds = %B1236.if.i633.i, %B914.i613.i
  %.644.i = or disjoint i64 %.598.i, 1
  %.idx.i = mul nsw i64 %.644.i, 108
  %10 = getelementptr i8, ptr %arg.corners.4, i64 %.idx.i
  %.672.i = getelementptr i8, ptr %10, i64 8
  %.673.i = load i32, ptr %.672.i, align 4, !noalias !38
  %.674.not.i = icmp eq i32 %.673.i, 0
  br i1 %.674.not.i, label %B488.i, label %B384.i

B620.if.i:                                        ; preds = %B536.i, %B620.if.i
  %passing.2.1665.i = phi i64 [ %.1176.i, %B620.if.i ], [ 0, %B536.i ]
  %.888.0664.i = phi i64 [ %.950.i, %B620.if.i ], [ %storemerge505.i, %B536.i ]
  %.885.0663.i = phi i64 [ %.954.i, %B620.if.i ], [ %found.4.01380, %B536.i ]
  %.950.i = add nsw i64 %.888.0664.i, -1
  %.954.i = add i64 %.885.0663.i, 1
  %.981.i = add nsw i64 %passing.2.1665.i, %found.4.01380
  %.1007.i = getelementptr i32, ptr %.1318, i64 %.885.0663.i
  %.1008.i = load i32, ptr %.1007.i, align 4, !noalias !38
  %.1034.i = getelementptr float, ptr %.2186, i64 %.885.0663.i
  %.1035.i = load float, ptr %.1034.i, align 4, !noalias !38
  %.1061.i = getelementptr float, ptr %.2006, i64 %.885.0663.i
  %.1062.i = load float, ptr %.1061.i, align 4, !noalias !38
  %.1088.i = getelementptr i32, ptr %.1318, i64 %.981.i
  store i32 %.1008.i, ptr %.1088.i, align 4, !noalias !38
  %.1115.i = getelementptr float, ptr %.2186, i64 %.981.i
  store float %.1035.i, ptr %.1115.i, align 4, !noalias !38
  %.1142.i = getelementptr float, ptr %.2006, i64 %.981.i
  store float %.1062.i, ptr %.1142.i, align 4, !noalias !38
  %.1170.i = load float, ptr %.1061.i, align 4, !noalias !38
  %.1172.i = fcmp oge float %.1170.i, %.849.i
  %.1175.i = zext i1 %.1172.i to i64
  %.1176.i = add nuw nsw i64 %passing.2.1665.i, %.1175.i
  %.941.i = icmp sgt i64 %.888.0664.i, 1
  br i1 %.941.i, label %B620.if.i, label %B50.loopexit.i

_ZN7cascade11pass_placesB3v33B52c8tJTIeFIjxB2IKSgI4CrvQCk0Z4yRYcWqCQhqcRsCJNAA_3d_3dE5ArrayIiLi1E1C7mutable7alignedE5ArrayIjLi1E1C7mutable7alignedE5ArrayIfLi1E1C7mutable7alignedE5ArrayIfLi1E1C7mutable7alignedExx5TupleI5ArrayIiLi1E1C7mutable7alignedE5ArrayIfLi1E1C7mutable7alignedE5ArrayIfLi1E1C7mutable7alignedE5ArrayIiLi1E1C7mutable7alignedEE5ArrayIjLi1E1C7mutable7alignedE23Literal_5bint_5d_280_29x5ArrayIiLi1E1C7mutable7alignedE5ArrayIiLi1E1C7mutable7alignedE.exit: ; preds = %B50.loopexit.i, %B1480
  %count.2.0.lcssa.i = phi i64 [ %.3246, %B1480 ], [ %passing.2.1.lcssa.i, %B50.loopexit.i ]
  %.3307 = add nsw i64 %count.2.0.lcssa.i, %found.4.01380
  %exitcond.not = icmp eq i64 %arg.count, %.2588
  br i1 %exitcond.not, label %B1552, label %B670.if

B1552:                                            ; preds = %_ZN7cascade11pass_placesB3v33B52c8tJTIeFIjxB2IKSgI4CrvQCk0Z4yRYcWqCQhqcRsCJNAA_3d_3dE5ArrayIiLi1E1C7mutable7alignedE5ArrayIjLi1E1C7mutable7alignedE5ArrayIfLi1E1C7mutable7alignedE5ArrayIfLi1E1C7mutable7alignedExx5TupleI5ArrayIiLi1E1C7mutable7alignedE5ArrayIfLi1E1C7mutable7alignedE5ArrayIfLi1E1C7mutable7alignedE5ArrayIiLi1E1C7mutable7alignedEE5ArrayIjLi1E1C7mutable7alignedE23Literal_5bint_5d_280_29x5ArrayIiLi1E1C7mutable7alignedE5ArrayIiLi1E1C7mutable7alignedE.exit, %_ZN7cascade13place_cornersB2v3B52c8tJTIeFIjxB2IKSgI4CrvQCk0Z4yRYcWqCQhqcRsCJNAA_3d_3dE5ArrayIiLi1E1C7mutable7alignedEixx5ArrayIjLi1E1C7mutable7alignedE.exit
  %found.4.0.lcssa = phi i64 [ 0, %_ZN7cascade13place_cornersB2v3B52c8tJTIeFIjxB2IKSgI4CrvQCk0Z4yRYcWqCQhqcRsCJNAA_3d_3dE5ArrayIiLi1E1C7mutable7alignedEixx5ArrayIjLi1E1C7mutable7alignedE.exit ], [ %.3307, %_ZN7cascade11pass_placesB3v33B52c8tJTIeFIjxB2IKSgI4CrvQCk0Z4yRYcWqCQhqcRsCJNAA_3d_3dE5ArrayIiLi1E1C7mutable7alignedE5ArrayIjLi1E1C7mutable7alignedE5ArrayIfLi1E1C7mutable7alignedE5ArrayIfLi1E1C7mutable7alignedExx5TupleI5ArrayIiLi1E1C7mutable7alignedE5ArrayIfLi1E1C7mutable7alignedE5ArrayIfLi1E1C7mutable7alignedE5ArrayIiLi1E1C7mutable7alignedEE5ArrayIjLi1E1C7mutable7alignedE23Literal_5bint_5d_280_29x5ArrayIiLi1E1C7mutable7alignedE5ArrayIiLi1E1C7mutable7alignedE.exit ]
  store i64 0, ptr %.3345, align 8
  call fastcc void @pass_places(ptr %.3345, ptr %.285, ptr %.1318, ptr %.2186, ptr %.2006, i64 %found.4.0.lcssa, ptr %arg.first.4, ptr %arg.passes.4, ptr %arg.trees.4, ptr %arg.corners.4, ptr %.1656, i64 %.11.i, i64 %arg.passes.5.0, ptr %.454, ptr %.623)
  %.3381 = load i64, ptr %.3345, align 8
  %.34981388 = icmp sgt i64 %arg.count, 0
  br i1 %.34981388, label %B1642.lr.ph, label %B2742

B1642.lr.ph:                                      ; preds = %B1552
  %.3444.11391 = add nsw i64 %storemerge, -1
  %.3601 = shl nsw i64 %.128, 2
  %.3605 = icmp eq i64 %.128, 0
  %.3803 = icmp eq i64 %arg.width, 0
  %.4024 = sitofp i64 %arg.window to double
  br label %B1642

B1642:                                            ; preds = %B1642.lr.ph, %_ZN8grouping10best_groupB3v26B52c8tJTIeFIjxB2IKSgI4CrvQCk0Z4yRYcWqCQhqcRsCJNAA_3d_3dE5ArrayIiLi1E1C7mutable7alignedE5ArrayIfLi1E1C7mutable7alignedExx5ArrayIfLi1E1C7mutable7alignedEx.exit
  %.3488.sroa.0.01398 = phi i64 [ 0, %B1642.lr.ph ], [ %.3488.sroa.0.0, %_ZN8grouping10best_groupB3v26B52c8tJTIeFIjxB2IKSgI4CrvQCk0Z4yRYcWqCQhqcRsCJNAA_3d_3dE5ArrayIiLi1E1C7mutable7alignedE5ArrayIfLi1E1C7mutable7alignedExx5ArrayIfLi1E1C7mutable7alignedEx.exit ]
  %.3444.11397 = phi i64 [ %.3444.11391, %B1642.lr.ph ], [ %.3444.1, %_ZN8grouping10best_groupB3v26B52c8tJTIeFIjxB2IKSgI4CrvQCk0Z4yRYcWqCQhqcRsCJNAA_3d_3dE5ArrayIiLi1E1C7mutable7alignedE5ArrayIfLi1E1C7mutable7alignedExx5ArrayIfLi1E1C7mutable7alignedEx.exit ]
  %.3441.11396 = phi i64 [ 1, %B1642.lr.ph ], [ %.3441.1, %_ZN8grouping10best_groupB3v26B52c8tJTIeFIjxB2IKSgI4CrvQCk0Z4yRYcWqCQhqcRsCJNAA_3d_3dE5ArrayIiLi1E1C7mutable7alignedE5ArrayIfLi1E1C7mutable7alignedExx5ArrayIfLi1E1C7mutable7alignedEx.exit ]
  %index.2.01392 = phi i64 [ 0, %B1642.lr.ph ], [ %index.3.2, %_ZN8grouping10best_groupB3v26B52c8tJTIeFIjxB2IKSgI4CrvQCk0Z4yRYcWqCQhqcRsCJNAA_3d_3dE5ArrayIiLi1E1C7mutable7alignedE5ArrayIfLi1E1C7mutable7alignedExx5ArrayIfLi1E1C7mutable7alignedEx.exit ]
  %.3552 = icmp slt i64 %index.2.01392, %.3381
  br i1 %.3552, label %B1662, label %B2692

B1662:                                            ; preds = %B1642
  br i1 %.3605, label %B1662.endif, label %B1662.else, !prof !0

B1790:                                            ; preds = %B1662.endif, %B2564.endif
  %index.4.1 = phi i64 [ %.4163, %B2564.endif ], [ %index.2.01392, %B1662.endif ]
  %hit.2.1 = phi i64 [ %hit.3.2, %B2564.endif ], [ 0, %B1662.endif ]
  %.3659 = icmp slt i64 %hit.2.1, 400
  br i1 %.3659, label %B1814, label %B2542

B1814:                                            ; preds = %B1790
  %.3687 = getelementptr i32, ptr %.1318, i64 %index.4.1
  %.3688 = load i32, ptr %.3687, align 4
  %.3719 = zext i32 %.3688 to i64
  br i1 %.3605, label %B1814.endif, label %B1814.else, !prof !0

B2542:                                            ; preds = %for.end.3.endif.endif, %B1790
  %hit.3.2 = phi i64 [ %.4151, %for.end.3.endif.endif ], [ %hit.2.1, %B1790 ]
  %.4163 = add nsw i64 %index.4.1, 1
  %.4174 = icmp slt i64 %.4163, %.3381
  br i1 %.4174, label %B2564, label %B2692

B2564:                                            ; preds = %B2542
  br i1 %.3605, label %B2564.endif, label %B2564.else, !prof !0

B2692:                                            ; preds = %B2564.endif, %B2542, %B1662.endif, %B1642
  %index.3.2 = phi i64 [ %index.2.01392, %B1662.endif ], [ %index.2.01392, %B1642 ], [ %.4163, %B2542 ], [ %.4163, %B2564.endif ]
  %hit.4.2 = phi i64 [ 0, %B1662.endif ], [ 0, %B1642 ], [ %hit.3.2, %B2542 ], [ %hit.3.2, %B2564.endif ]
  %.4289 = shl nsw i64 %.3488.sroa.0.01398, 2
  %.84.i = icmp sgt i64 %hit.4.2, 0
  br i1 %.84.i, label %B34.if.i, label %B460.preheader.i

B34.loopexit.i:                                   ; preds = %B426.i, %B34.if.i
  %indvars.iv.next.i = add nuw i64 %indvars.iv.i, 1
  %exitcond801.not.i = icmp eq i64 %hit.4.2, %.141.i
  br i1 %exitcond801.not.i, label %B460.preheader.i, label %B34.if.i

B460.preheader.i:                                 ; preds = %B34.loopexit.i, %B2692
  %.728784.not.i = icmp slt i64 %hit.4.2, 1
  br i1 %.728784.not.i, label %_ZN8grouping10best_groupB3v26B52c8tJTIeFIjxB2IKSgI4CrvQCk0Z4yRYcWqCQhqcRsCJNAA_3d_3dE5ArrayIiLi1E1C7mutable7alignedE5ArrayIfLi1E1C7mutable7alignedExx5ArrayIfLi1E1C7mutable7alignedEx.exit.critedge1369, label %B460.if.i

B240.i:                                           ; preds = %B116.if.i
  %.41.i.i = load i32, ptr %16, align 4, !noalias !53
  %.97.i.i = load i32, ptr %.96.i.i, align 4, !noalias !53
  %.133.i.i = load i32, ptr %17, align 4, !noalias !53
  %.188.i.i = getelementptr i8, ptr %17, i64 8
  %.189.i.i = load i32, ptr %.188.i.i, align 4, !noalias !53
  %.11.i.i.i = tail call i32 @llvm.smin.i32(i32 %.189.i.i, i32 %.97.i.i)
  %.231.i.i = sitofp i32 %.11.i.i.i to double
  %.232.i.i1332 = fmul double %.231.i.i, 2.000000e-01
  %.238.i.i = sext i32 %.41.i.i to i64
  %.239.i.i = sext i32 %.133.i.i to i64
  %.240.i.i = sub nsw i64 %.238.i.i, %.239.i.i
  %.243.i.i = tail call i64 @llvm.abs.i64(i64 %.240.i.i, i1 true)
  %.245.i.i = uitofp nneg i64 %.243.i.i to double
  %.246.i.i = fcmp ult double %.232.i.i1332, %.245.i.i
  br i1 %.246.i.i, label %B426.i, label %B408.i.i

B408.i.i:                                         ; preds = %B240.i
  %.160.i.i1333 = getelementptr i8, ptr %17, i64 4
  %.161.i.i1334 = load i32, ptr %.160.i.i1333, align 4, !noalias !53
  %.69.i.i = load i32, ptr %.68.i.i, align 4, !noalias !53
  %.253.i.i = sext i32 %.69.i.i to i64
  %.254.i.i = sext i32 %.161.i.i1334 to i64
  %.255.i.i = sub nsw i64 %.253.i.i, %.254.i.i
  %.258.i.i = tail call i64 @llvm.abs.i64(i64 %.255.i.i, i1 true)
  %.260.i.i = uitofp nneg i64 %.258.i.i to double
  %.261.i.i = fcmp ult double %.232.i.i1332, %.260.i.i
  br i1 %.261.i.i, label %B426.i, label %B452.i.i

B452.i.i:                                         ; preds = %B408.i.i
  %.268.i.i = sext i32 %.97.i.i to i64
  %.278.i.i = sext i32 %.189.i.i to i64
  %.neg = add nsw i64 %.268.i.i, %.238.i.i
  %11 = add nsw i64 %.239.i.i, %.278.i.i
  %.279.i.i = sub nsw i64 %.neg, %11
  %.282.i.i = tail call i64 @llvm.abs.i64(i64 %.279.i.i, i1 true)
  %.284.i.i = uitofp nneg i64 %.282.i.i to double
  %.285.i.i = fcmp ult double %.232.i.i1332, %.284.i.i
  br i1 %.285.i.i, label %B426.i, label %B508.i.i

B508.i.i:                                         ; preds = %B452.i.i
  %12 = add nsw i64 %.278.i.i, %.254.i.i
  %.293.i.i = sub nsw i64 %.268.i.i, %12
  %.305.i.i = add nsw i64 %.293.i.i, %.253.i.i
  %.310.i.i = tail call i64 @llvm.abs.i64(i64 %.305.i.i, i1 true)
  %.312.i.i = uitofp nneg i64 %.310.i.i to double
  %.313.i.i = fcmp ult double %.232.i.i1332, %.312.i.i
  br i1 %.313.i.i, label %B426.i, label %B310.if.i

B376.i:                                           ; preds = %B310.if.i
  store i32 %.351.i, ptr %.584.i, align 4, !noalias !58
  br label %B424.i

B424.i:                                           ; preds = %B310.if.i, %B376.i
  %exitcond.not.i1335 = icmp eq i64 %.528.i, %indvars.iv.i
  br i1 %exitcond.not.i1335, label %B426.i, label %B310.if.i

B426.i:                                           ; preds = %B424.i, %B116.if.i, %B508.i.i, %B452.i.i, %B408.i.i, %B240.i
  %exitcond800.not.i = icmp eq i64 %.294.i, %.70.0781.i
  br i1 %exitcond800.not.i, label %B34.loopexit.i, label %B116.if.i

B1240.preheader.i:                                ; preds = %B584.if.i
  %13 = getelementptr float, ptr %.1834, i64 %.4289
  tail call void @llvm.memset.p0.i64(ptr noundef nonnull align 4 dereferenceable(16) %13, i8 0, i64 16, i1 false), !noalias !58
  %.1888.i = getelementptr i8, ptr %13, i64 12
  br label %B1318.if.i

B1388.i:                                          ; preds = %B1318.if.i
  %.1859.i = getelementptr float, ptr %.2006, i64 %.1698.0796.i
  %.1860.i = load float, ptr %.1859.i, align 4, !noalias !58
  %.1889.i = load float, ptr %.1888.i, align 4, !noalias !58
  %.1890.i = fcmp ogt float %.1860.i, %.1889.i
  br i1 %.1890.i, label %B1482.i, label %B1774.i

B1482.i:                                          ; preds = %B1388.i
  %.83.i.i = getelementptr i8, ptr %23, i64 16
  %.84.i.i = load i32, ptr %.83.i.i, align 4, !noalias !59
  %.88.i.i = sitofp i32 %.84.i.i to double
  %.89.i.i = sitofp i32 %.1824.i to double
  %.93.i.i = fdiv double %.88.i.i, %.89.i.i
  %.101.le.i.i = tail call double @llvm.rint.f64(double %.93.i.i)
  %.134.i.i = getelementptr i8, ptr %23, i64 20
  %.135.i.i = load i32, ptr %.134.i.i, align 4, !noalias !59
  %.139.i.i = sitofp i32 %.135.i.i to double
  %.144.i.i = fdiv double %.139.i.i, %.89.i.i
  %.152.le.i.i = tail call double @llvm.rint.f64(double %.144.i.i)
  %.191.i.i = getelementptr i8, ptr %23, i64 24
  %.192.i.i = load i32, ptr %.191.i.i, align 4, !noalias !59
  %.196.i.i = sitofp i32 %.192.i.i to double
  %.201.i.i = fdiv double %.196.i.i, %.89.i.i
  %.209.le.i.i = tail call double @llvm.rint.f64(double %.201.i.i)
  %.631.i.i = fadd double %.152.le.i.i, %.209.le.i.i
  br i1 %.84.i, label %B378.if.lr.ph.i.i, label %B1548.if.i.preheader

B1548.if.i.preheader:                             ; preds = %B965.i.i, %B1482.i
  br label %B1548.if.i

B448.i.i:                                         ; preds = %B378.if.i.i
  %.idx194.i.i = shl i64 %.240.0204.i.i, 5
  %14 = getelementptr i8, ptr %.976, i64 %.idx194.i.i
  %.368.i.i = getelementptr i8, ptr %14, i64 28
  %.369.i.i = load i32, ptr %.368.i.i, align 4, !noalias !59
  %.379.i.i = sext i32 %.369.i.i to i64
  %.380.not.i.i = icmp sge i64 %arg.neighbours, %.379.i.i
  %.411.i.i = icmp sge i32 %15, %.369.i.i
  %or.cond.i.i1327 = and i1 %.415.i.i, %.411.i.i
  %or.cond210.i.i = or i1 %.380.not.i.i, %or.cond.i.i1327
  br i1 %or.cond210.i.i, label %B965.i.i, label %B514.i.i

B514.i.i:                                         ; preds = %B448.i.i
  %.450.i.i = getelementptr i8, ptr %14, i64 24
  %.451.i.i = load i32, ptr %.450.i.i, align 4, !noalias !59
  %.455.i.i = sitofp i32 %.451.i.i to double
  %.456.i.i = sitofp i32 %.369.i.i to double
  %.460.i.i = fdiv double %.455.i.i, %.456.i.i
  %.468.le.i.i = tail call double @llvm.rint.f64(double %.460.i.i)
  %.504.i.i = getelementptr i8, ptr %14, i64 16
  %.505.i.i = load i32, ptr %.504.i.i, align 4, !noalias !59
  %.509.i.i1328 = sitofp i32 %.505.i.i to double
  %.514.i.i = fdiv double %.509.i.i1328, %.456.i.i
  %.522.le.i.i = tail call double @llvm.rint.f64(double %.514.i.i)
  %.557.i.i = getelementptr i8, ptr %14, i64 20
  %.558.i.i = load i32, ptr %.557.i.i, align 4, !noalias !59
  %.562.i.i = sitofp i32 %.558.i.i to double
  %.567.i.i = fdiv double %.562.i.i, %.456.i.i
  %.577.le.i.i = tail call double @llvm.rint.f64(double %.567.i.i)
  %.589.i.i = fmul double %.468.le.i.i, 2.000000e-01
  %.597.le.i.i = tail call double @llvm.rint.f64(double %.589.i.i)
  %.607.i.i = fsub double %.522.le.i.i, %.597.le.i.i
  %.609.i.i1329 = fcmp ult double %.101.le.i.i, %.607.i.i
  %.613.i.i = fsub double %.577.le.i.i, %.597.le.i.i
  %.615.i.i = fcmp ult double %.152.le.i.i, %.613.i.i
  %or.cond193.i.i = select i1 %.609.i.i1329, i1 true, i1 %.615.i.i
  br i1 %or.cond193.i.i, label %B965.i.i, label %B894.i.i

B894.i.i:                                         ; preds = %B514.i.i
  %.622.i.i = fadd double %.468.le.i.i, %.522.le.i.i
  %.626.i.i = fadd double %.622.i.i, %.597.le.i.i
  %.627.i.i = fcmp ugt double %.619.i.i, %.626.i.i
  br i1 %.627.i.i, label %B965.i.i, label %B924.i.i

B924.i.i:                                         ; preds = %B894.i.i
  %.634.i.i = fadd double %.468.le.i.i, %.577.le.i.i
  %.640.i.i = fadd double %.597.le.i.i, %.634.i.i
  %.643.i.i = fcmp ugt double %.631.i.i, %.640.i.i
  br i1 %.643.i.i, label %B965.i.i, label %B1774.i

B965.i.i:                                         ; preds = %B378.if.i.i, %B924.i.i, %B894.i.i, %B514.i.i, %B448.i.i
  %exitcond.not.i.i1330 = icmp eq i64 %.312.i766.i, %hit.4.2
  br i1 %exitcond.not.i.i1330, label %B1548.if.i.preheader, label %B378.if.i.i

B378.if.lr.ph.i.i:                                ; preds = %B1482.i
  %15 = tail call i32 @llvm.smax.i32(i32 %.1824.i, i32 3)
  %.415.i.i = icmp sgt i32 %.1824.i, 2
  %.619.i.i = fadd double %.101.le.i.i, %.209.le.i.i
  br label %B378.if.i.i

B378.if.i.i:                                      ; preds = %B378.if.lr.ph.i.i, %B965.i.i
  %.240.0204.i.i = phi i64 [ 0, %B378.if.lr.ph.i.i ], [ %.312.i766.i, %B965.i.i ]
  %.312.i766.i = add nuw nsw i64 %.240.0204.i.i, 1
  %.375.i.i = icmp eq i64 %.240.0204.i.i, %.1698.0796.i
  br i1 %.375.i.i, label %B965.i.i, label %B448.i.i

B1694.i:                                          ; preds = %B1548.if.i
  %.2168.i = load float, ptr %.1859.i, align 4, !noalias !58
  store float %.2168.i, ptr %.1888.i, align 4, !noalias !58
  br label %B1774.i

B1774.i:                                          ; preds = %B924.i.i, %B1318.if.i, %B1694.i, %B1388.i
  %exitcond805.not.i = icmp eq i64 %hit.4.2, %.1767.i
  br i1 %exitcond805.not.i, label %_ZN8grouping10best_groupB3v26B52c8tJTIeFIjxB2IKSgI4CrvQCk0Z4yRYcWqCQhqcRsCJNAA_3d_3dE5ArrayIiLi1E1C7mutable7alignedE5ArrayIfLi1E1C7mutable7alignedExx5ArrayIfLi1E1C7mutable7alignedEx.exit, label %B1318.if.i

B34.if.i:                                         ; preds = %B2692, %B34.loopexit.i
  %indvars.iv.i = phi i64 [ %indvars.iv.next.i, %B34.loopexit.i ], [ 1, %B2692 ]
  %.70.0781.i = phi i64 [ %.141.i, %B34.loopexit.i ], [ 0, %B2692 ]
  %.141.i = add nuw nsw i64 %.70.0781.i, 1
  %.idx.i1331 = shl i64 %.70.0781.i, 5
  %16 = getelementptr i8, ptr %.976, i64 %.idx.i1331
  %.198.i = getelementptr i8, ptr %16, i64 12
  %.199.i = trunc i64 %.70.0781.i to i32
  store i32 %.199.i, ptr %.198.i, align 4, !noalias !58
  %.281776.not.i = icmp eq i64 %.70.0781.i, 0
  br i1 %.281776.not.i, label %B34.loopexit.i, label %B116.if.lr.ph.i

B116.if.lr.ph.i:                                  ; preds = %B34.if.i
  %.96.i.i = getelementptr i8, ptr %16, i64 8
  %.68.i.i = getelementptr i8, ptr %16, i64 4
  br label %B116.if.i

B116.if.i:                                        ; preds = %B116.if.lr.ph.i, %B426.i
  %.225.0778.i = phi i64 [ 0, %B116.if.lr.ph.i ], [ %.294.i, %B426.i ]
  %.294.i = add nuw nsw i64 %.225.0778.i, 1
  %.idx764.i = shl i64 %.225.0778.i, 5
  %17 = getelementptr i8, ptr %.976, i64 %.idx764.i
  %.350.i = getelementptr i8, ptr %17, i64 12
  %.351.i = load i32, ptr %.350.i, align 4, !noalias !58
  %.381.i = load i32, ptr %.198.i, align 4, !noalias !58
  %.390.not.i = icmp eq i32 %.351.i, %.381.i
  br i1 %.390.not.i, label %B426.i, label %B240.i

B310.if.i:                                        ; preds = %B508.i.i, %B424.i
  %.459.0774.i = phi i64 [ %.528.i, %B424.i ], [ 0, %B508.i.i ]
  %.528.i = add nuw nsw i64 %.459.0774.i, 1
  %.idx771.i = shl i64 %.459.0774.i, 5
  %18 = getelementptr i8, ptr %.976, i64 %.idx771.i
  %.584.i = getelementptr i8, ptr %18, i64 12
  %.585.i = load i32, ptr %.584.i, align 4, !noalias !58
  %.587.i = icmp eq i32 %.585.i, %.381.i
  br i1 %.587.i, label %B376.i, label %B424.i

B460.if.i:                                        ; preds = %B460.preheader.i, %B460.if.i
  %.672.0785.i = phi i64 [ %.741.i, %B460.if.i ], [ 0, %B460.preheader.i ]
  %19 = shl i64 %.672.0785.i, 5
  %20 = getelementptr i8, ptr %.976, i64 %19
  %scevgep.i = getelementptr i8, ptr %20, i64 16
  tail call void @llvm.memset.p0.i64(ptr noundef nonnull align 4 dereferenceable(16) %scevgep.i, i8 0, i64 16, i1 false), !noalias !58
  %.741.i = add nuw nsw i64 %.672.0785.i, 1
  %exitcond802.not.i = icmp eq i64 %hit.4.2, %.741.i
  br i1 %exitcond802.not.i, label %B584.if.i, label %B460.if.i

B584.if.i:                                        ; preds = %B460.if.i, %B584.if.i
  %.953.0788.i = phi i64 [ %.1023.i, %B584.if.i ], [ 0, %B460.if.i ]
  %.1023.i = add nuw nsw i64 %.953.0788.i, 1
  %.idx768.i = shl i64 %.953.0788.i, 5
  %21 = getelementptr i8, ptr %.976, i64 %.idx768.i
  %.1075.i = getelementptr i8, ptr %21, i64 12
  %.1076.i = load i32, ptr %.1075.i, align 4, !noalias !58
  %.1077.i = sext i32 %.1076.i to i64
  %.idx769.i = shl nsw i64 %.1077.i, 5
  %22 = getelementptr i8, ptr %.976, i64 %.idx769.i
  %.1105.i = getelementptr i8, ptr %22, i64 16
  %.1106.i = load i32, ptr %.1105.i, align 4, !noalias !58
  %.1134.i = load i32, ptr %21, align 4, !noalias !58
  %.1137.i = add i32 %.1134.i, %.1106.i
  store i32 %.1137.i, ptr %.1105.i, align 4, !noalias !58
  %.1194.i = getelementptr i8, ptr %22, i64 20
  %.1195.i = load i32, ptr %.1194.i, align 4, !noalias !58
  %.1223.i = getelementptr i8, ptr %21, i64 4
  %.1224.i = load i32, ptr %.1223.i, align 4, !noalias !58
  %.1227.i = add i32 %.1224.i, %.1195.i
  store i32 %.1227.i, ptr %.1194.i, align 4, !noalias !58
  %.1284.i = getelementptr i8, ptr %22, i64 24
  %.1285.i = load i32, ptr %.1284.i, align 4, !noalias !58
  %.1313.i = getelementptr i8, ptr %21, i64 8
  %.1314.i = load i32, ptr %.1313.i, align 4, !noalias !58
  %.1317.i = add i32 %.1314.i, %.1285.i
  store i32 %.1317.i, ptr %.1284.i, align 4, !noalias !58
  %.1374.i = getelementptr i8, ptr %22, i64 28
  %.1375.i = load i32, ptr %.1374.i, align 4, !noalias !58
  %.1377.i = add i32 %.1375.i, 1
  store i32 %.1377.i, ptr %.1374.i, align 4, !noalias !58
  %.1432.i = getelementptr float, ptr %.2006, i64 %.1077.i
  %.1433.i = load float, ptr %.1432.i, align 4, !noalias !58
  %.1459.i = getelementptr float, ptr %.2006, i64 %.953.0788.i
  %.1460.i = load float, ptr %.1459.i, align 4, !noalias !58
  %.10.i.i = fcmp ogt float %.1460.i, %.1433.i
  %.11.i.i = select i1 %.10.i.i, float %.1460.i, float %.1433.i
  store float %.11.i.i, ptr %.1432.i, align 4, !noalias !58
  %exitcond803.not.i = icmp eq i64 %hit.4.2, %.1023.i
  br i1 %exitcond803.not.i, label %B1240.preheader.i, label %B584.if.i

B1318.if.i:                                       ; preds = %B1774.i, %B1240.preheader.i
  %.1698.0796.i = phi i64 [ 0, %B1240.preheader.i ], [ %.1767.i, %B1774.i ]
  %.1767.i = add nuw nsw i64 %.1698.0796.i, 1
  %.idx767.i = shl i64 %.1698.0796.i, 5
  %23 = getelementptr i8, ptr %.976, i64 %.idx767.i
  %.1823.i = getelementptr i8, ptr %23, i64 28
  %.1824.i = load i32, ptr %.1823.i, align 4, !noalias !58
  %.1830.i = sext i32 %.1824.i to i64
  %.1831.i = icmp slt i64 %arg.neighbours, %.1830.i
  br i1 %.1831.i, label %B1388.i, label %B1774.i

B1548.if.i:                                       ; preds = %B1548.if.i.preheader, %B1548.if.i
  %.1956.0793.i = phi i64 [ %.2025.i, %B1548.if.i ], [ 0, %B1548.if.i.preheader ]
  %.2025.i = add nuw nsw i64 %.1956.0793.i, 1
  %.2079.i = getelementptr i32, ptr %.83.i.i, i64 %.1956.0793.i
  %.2080.i = load i32, ptr %.2079.i, align 4, !noalias !58
  %.2084.i = sitofp i32 %.2080.i to double
  %.2089.i = fdiv double %.2084.i, %.89.i.i
  %.2097.le.i = tail call double @llvm.rint.f64(double %.2089.i)
  %.2129.i = getelementptr float, ptr %13, i64 %.1956.0793.i
  %.2130.i = fptrunc double %.2097.le.i to float
  store float %.2130.i, ptr %.2129.i, align 4, !noalias !58
  %exitcond804.not.i = icmp eq i64 %.2025.i, 3
  br i1 %exitcond804.not.i, label %B1694.i, label %B1548.if.i

_ZN8grouping10best_groupB3v26B52c8tJTIeFIjxB2IKSgI4CrvQCk0Z4yRYcWqCQhqcRsCJNAA_3d_3dE5ArrayIiLi1E1C7mutable7alignedE5ArrayIfLi1E1C7mutable7alignedExx5ArrayIfLi1E1C7mutable7alignedEx.exit.critedge1369: ; preds = %B460.preheader.i
  %24 = getelementptr float, ptr %.1834, i64 %.4289
  tail call void @llvm.memset.p0.i64(ptr noundef nonnull align 4 dereferenceable(16) %24, i8 0, i64 16, i1 false), !noalias !58
  br label %_ZN8grouping10best_groupB3v26B52c8tJTIeFIjxB2IKSgI4CrvQCk0Z4yRYcWqCQhqcRsCJNAA_3d_3dE5ArrayIiLi1E1C7mutable7alignedE5ArrayIfLi1E1C7mutable7alignedExx5ArrayIfLi1E1C7mutable7alignedEx.exit

_ZN8grouping10best_groupB3v26B52c8tJTIeFIjxB2IKSgI4CrvQCk0Z4yRYcWqCQhqcRsCJNAA_3d_3dE5ArrayIiLi1E1C7mutable7alignedE5ArrayIfLi1E1C7mutable7alignedExx5ArrayIfLi1E1C7mutable7alignedEx.exit: ; preds = %B1774.i, %_ZN8grouping10best_groupB3v26B52c8tJTIeFIjxB2IKSgI4CrvQCk0Z4yRYcWqCQhqcRsCJNAA_3d_3dE5ArrayIiLi1E1C7mutable7alignedE5ArrayIfLi1E1C7mutable7alignedExx5ArrayIfLi1E1C7mutable7alignedEx.exit.critedge1369
  %.3498 = icmp sgt i64 %.3444.11397, 0
  %.3511 = zext i1 %.3498 to i64
  %.3441.1 = add i64 %.3441.11396, %.3511
  %.3507 = sext i1 %.3498 to i64
  %.3444.1 = add nsw i64 %.3444.11397, %.3507
  %.3488.sroa.0.0 = select i1 %.3498, i64 %.3441.11396, i64 0
  br i1 %.3498, label %B1642, label %B2742

B2742:                                            ; preds = %_ZN8grouping10best_groupB3v26B52c8tJTIeFIjxB2IKSgI4CrvQCk0Z4yRYcWqCQhqcRsCJNAA_3d_3dE5ArrayIiLi1E1C7mutable7alignedE5ArrayIfLi1E1C7mutable7alignedExx5ArrayIfLi1E1C7mutable7alignedEx.exit, %B1552
  store i64 %.3381, ptr %retptr, align 8
  ret i32 0

B0.else.endif.if:                                 ; preds = %entry
  br label %B0.else.endif.endif

B0.else.endif.endif:                              ; preds = %B0.else.endif.if, %entry
  %.172.sroa.0.2 = phi i64 [ %arg.ints.5.0, %B0.else.endif.if ], [ 0, %entry ]
  %.199 = icmp slt i64 %.145, 0
  %.200 = select i1 %.199, i64 %arg.ints.5.0, i64 0
  %.201 = add i64 %.200, %.146
  %.204 = icmp slt i64 %.201, 0
  %.209.not = icmp slt i64 %.201, %arg.ints.5.0
  %.285 = getelementptr i32, ptr %arg.ints.4, i64 %.172.sroa.0.2
  %.315 = mul nsw i64 %.145, 5
  br i1 %.204, label %B0.endif.else.if, label %B0.endif.else.endif, !prof !0

B0.endif.else.if:                                 ; preds = %B0.else.endif.endif
  br label %B0.endif.else.endif

B0.endif.else.endif:                              ; preds = %B0.endif.else.if, %B0.else.endif.endif
  %.341.sroa.0.1 = phi i64 [ 0, %B0.endif.else.if ], [ %.201, %B0.else.endif.endif ]
  br i1 %.209.not, label %B0.endif.else.endif.endif, label %B0.endif.else.endif.if, !prof !16

B0.endif.else.endif.if:                           ; preds = %B0.endif.else.endif
  br label %B0.endif.else.endif.endif

B0.endif.else.endif.endif:                        ; preds = %B0.endif.else.endif.if, %B0.endif.else.endif
  %.341.sroa.0.2 = phi i64 [ %arg.ints.5.0, %B0.endif.else.endif.if ], [ %.341.sroa.0.1, %B0.endif.else.endif ]
  %.370 = add i64 %.200, %.315
  %.373 = icmp slt i64 %.370, 0
  %.378.not = icmp slt i64 %.370, %arg.ints.5.0
  %.454 = getelementptr i32, ptr %arg.ints.4, i64 %.341.sroa.0.2
  %.484 = mul nsw i64 %.145, 6
  br i1 %.373, label %B0.endif.endif.else.if, label %B0.endif.endif.else.endif, !prof !0

B0.endif.endif.else.if:                           ; preds = %B0.endif.else.endif.endif
  br label %B0.endif.endif.else.endif

B0.endif.endif.else.endif:                        ; preds = %B0.endif.endif.else.if, %B0.endif.else.endif.endif
  %.510.sroa.0.1 = phi i64 [ 0, %B0.endif.endif.else.if ], [ %.370, %B0.endif.else.endif.endif ]
  br i1 %.378.not, label %B0.endif.endif.else.endif.endif, label %B0.endif.endif.else.endif.if, !prof !16

B0.endif.endif.else.endif.if:                     ; preds = %B0.endif.endif.else.endif
  br label %B0.endif.endif.else.endif.endif

B0.endif.endif.else.endif.endif:                  ; preds = %B0.endif.endif.else.endif.if, %B0.endif.endif.else.endif
  %.510.sroa.0.2 = phi i64 [ %arg.ints.5.0, %B0.endif.endif.else.endif.if ], [ %.510.sroa.0.1, %B0.endif.endif.else.endif ]
  %.539 = add i64 %.200, %.484
  %.542 = icmp slt i64 %.539, 0
  %.547.not = icmp slt i64 %.539, %arg.ints.5.0
  %.623 = getelementptr i32, ptr %arg.ints.4, i64 %.510.sroa.0.2
  %.663 = add nsw i64 %.484, %arg.tiles
  br i1 %.542, label %B0.endif.endif.endif.else.if, label %B0.endif.endif.endif.else.endif, !prof !0

B0.endif.endif.endif.else.if:                     ; preds = %B0.endif.endif.else.endif.endif
  br label %B0.endif.endif.endif.else.endif

B0.endif.endif.endif.else.endif:                  ; preds = %B0.endif.endif.endif.else.if, %B0.endif.endif.else.endif.endif
  %.689.sroa.0.1 = phi i64 [ 0, %B0.endif.endif.endif.else.if ], [ %.539, %B0.endif.endif.else.endif.endif ]
  br i1 %.547.not, label %B0.endif.endif.endif.else.endif.endif, label %B0.endif.endif.endif.else.endif.if, !prof !16

B0.endif.endif.endif.else.endif.if:               ; preds = %B0.endif.endif.endif.else.endif
  br label %B0.endif.endif.endif.else.endif.endif

B0.endif.endif.endif.else.endif.endif:            ; preds = %B0.endif.endif.endif.else.endif.if, %B0.endif.endif.endif.else.endif
  %.689.sroa.0.2 = phi i64 [ %arg.ints.5.0, %B0.endif.endif.endif.else.endif.if ], [ %.689.sroa.0.1, %B0.endif.endif.endif.else.endif ]
  %.716 = icmp slt i64 %.663, 0
  %.717 = select i1 %.716, i64 %arg.ints.5.0, i64 0
  %.718 = add i64 %.717, %.663
  %.802 = getelementptr i32, ptr %arg.ints.4, i64 %.689.sroa.0.2
  %.837 = add nsw i64 %.663, 3200
  %.878 = icmp slt i64 %.718, 0
  br i1 %.878, label %B0.endif.endif.endif.endif.else.if, label %B0.endif.endif.endif.endif.else.endif, !prof !0

B0.endif.endif.endif.endif.else.if:               ; preds = %B0.endif.endif.endif.else.endif.endif
  br label %B0.endif.endif.endif.endif.else.endif

B0.endif.endif.endif.endif.else.endif:            ; preds = %B0.endif.endif.endif.endif.else.if, %B0.endif.endif.endif.else.endif.endif
  %.863.sroa.0.1 = phi i64 [ 0, %B0.endif.endif.endif.endif.else.if ], [ %.718, %B0.endif.endif.endif.else.endif.endif ]
  %.883.not = icmp slt i64 %.718, %arg.ints.5.0
  br i1 %.883.not, label %B0.endif.endif.endif.endif.else.endif.endif, label %B0.endif.endif.endif.endif.else.endif.if, !prof !16

B0.endif.endif.endif.endif.else.endif.if:         ; preds = %B0.endif.endif.endif.endif.else.endif
  br label %B0.endif.endif.endif.endif.else.endif.endif

B0.endif.endif.endif.endif.else.endif.endif:      ; preds = %B0.endif.endif.endif.endif.else.endif.if, %B0.endif.endif.endif.endif.else.endif
  %.863.sroa.0.2 = phi i64 [ %arg.ints.5.0, %B0.endif.endif.endif.endif.else.endif.if ], [ %.863.sroa.0.1, %B0.endif.endif.endif.endif.else.endif ]
  %.890 = icmp slt i64 %.663, -3200
  %.891 = select i1 %.890, i64 %arg.ints.5.0, i64 0
  %.892 = add i64 %.837, %.891
  %.895 = icmp slt i64 %.892, 0
  %.900.not = icmp slt i64 %.892, %arg.ints.5.0
  %.976 = getelementptr i32, ptr %arg.ints.4, i64 %.863.sroa.0.2
  br i1 %.895, label %B0.endif.endif.endif.endif.endif.else.if, label %B0.endif.endif.endif.endif.endif.else.endif, !prof !0

B0.endif.endif.endif.endif.endif.else.if:         ; preds = %B0.endif.endif.endif.endif.else.endif.endif
  br label %B0.endif.endif.endif.endif.endif.else.endif

B0.endif.endif.endif.endif.endif.else.endif:      ; preds = %B0.endif.endif.endif.endif.endif.else.if, %B0.endif.endif.endif.endif.else.endif.endif
  %.1032.sroa.0.1 = phi i64 [ 0, %B0.endif.endif.endif.endif.endif.else.if ], [ %.892, %B0.endif.endif.endif.endif.else.endif.endif ]
  br i1 %.900.not, label %B0.endif.endif.endif.endi...if, label %B0.endif.endif.endif.endif.endif.else.endif.if, !prof !16

B0.endif.endif.endif.endif.endif.else.endif.if:   ; preds = %B0.endif.endif.endif.endif.endif.else.endif
  br label %B0.endif.endif.endif.endi...if

B0.endif.endif.endif.endi...if:                   ; preds = %B0.endif.endif.endif.endif.endif.else.endif.if, %B0.endif.endif.endif.endif.endif.else.endif
  %.1032.sroa.0.2 = phi i64 [ %arg.ints.5.0, %B0.endif.endif.endif.endif.endif.else.endif.if ], [ %.1032.sroa.0.1, %B0.endif.endif.endif.endif.endif.else.endif ]
  %.1145 = getelementptr i32, ptr %arg.ints.4, i64 %.1032.sroa.0.2
  %.1225 = icmp slt i64 %arg.indices.5.0, 1
  br i1 %.1225, label %B0.endif.endif.endif.endif.endif.endif.else.endif.if, label %B0.endif.endif.endif.endif.endif.endif.else.endif.endif, !prof !0

B0.endif.endif.endif.endif.endif.endif.else.endif.if: ; preds = %B0.endif.endif.endif.endi...if
  br label %B0.endif.endif.endif.endif.endif.endif.else.endif.endif

B0.endif.endif.endif.endif.endif.endif.else.endif.endif: ; preds = %B0.endif.endif.endif.endif.endif.endif.else.endif.if, %B0.endif.endif.endif.endi...if
  %.1205.sroa.0.2 = phi i64 [ %arg.indices.5.0, %B0.endif.endif.endif.endif.endif.endif.else.endif.if ], [ 0, %B0.endif.endif.endif.endi...if ]
  %.1233 = select i1 %.199, i64 %arg.indices.5.0, i64 0
  %.1234 = add i64 %.1233, %.145
  %.1237 = icmp slt i64 %.1234, 0
  %.1242.not = icmp slt i64 %.1234, %arg.indices.5.0
  %.1318 = getelementptr i32, ptr %arg.indices.4, i64 %.1205.sroa.0.2
  %.1348 = add nsw i64 %.145, %.128
  br i1 %.1237, label %B0.endif.endif.endif.endif.endif.endif.endif.else.if, label %B0.endif.endif.endif.endif.endif.endif.endif.else.endif, !prof !0

B0.endif.endif.endif.endif.endif.endif.endif.else.if: ; preds = %B0.endif.endif.endif.endif.endif.endif.else.endif.endif
  br label %B0.endif.endif.endif.endif.endif.endif.endif.else.endif

B0.endif.endif.endif.endif.endif.endif.endif.else.endif: ; preds = %B0.endif.endif.endif.endif.endif.endif.endif.else.if, %B0.endif.endif.endif.endif.endif.endif.else.endif.endif
  %.1374.sroa.0.1 = phi i64 [ 0, %B0.endif.endif.endif.endif.endif.endif.endif.else.if ], [ %.1234, %B0.endif.endif.endif.endif.endif.endif.else.endif.endif ]
  br i1 %.1242.not, label %B0.endif.endif.endif.endi...endif.4, label %B0.endif.endif.endif.endi...if.4, !prof !16

B0.endif.endif.endif.endi...if.4:                 ; preds = %B0.endif.endif.endif.endif.endif.endif.endif.else.endif
  br label %B0.endif.endif.endif.endi...endif.4

B0.endif.endif.endif.endi...endif.4:              ; preds = %B0.endif.endif.endif.endi...if.4, %B0.endif.endif.endif.endif.endif.endif.endif.else.endif
  %.1374.sroa.0.2 = phi i64 [ %arg.indices.5.0, %B0.endif.endif.endif.endi...if.4 ], [ %.1374.sroa.0.1, %B0.endif.endif.endif.endif.endif.endif.endif.else.endif ]
  %.1401 = icmp slt i64 %.1348, 0
  %.1402 = select i1 %.1401, i64 %arg.indices.5.0, i64 0
  %.1403 = add i64 %.1402, %.1348
  %.1406 = icmp slt i64 %.1403, 0
  %.1411.not = icmp slt i64 %.1403, %arg.indices.5.0
  %.1487 = getelementptr i32, ptr %arg.indices.4, i64 %.1374.sroa.0.2
  br i1 %.1406, label %B0.endif.endif.endif.endi...if.6, label %B0.endif.endif.endif.endi...endif.6, !prof !0

B0.endif.endif.endif.endi...if.6:                 ; preds = %B0.endif.endif.endif.endi...endif.4
  br label %B0.endif.endif.endif.endi...endif.6

B0.endif.endif.endif.endi...endif.6:              ; preds = %B0.endif.endif.endif.endi...if.6, %B0.endif.endif.endif.endi...endif.4
  %.1543.sroa.0.1 = phi i64 [ 0, %B0.endif.endif.endif.endi...if.6 ], [ %.1403, %B0.endif.endif.endif.endi...endif.4 ]
  br i1 %.1411.not, label %B0.endif.endif.endif.endi...endif.6.endif.endif.if, label %B0.endif.endif.endif.endi...endif.6.if, !prof !16

B0.endif.endif.endif.endi...endif.6.if:           ; preds = %B0.endif.endif.endif.endi...endif.6
  br label %B0.endif.endif.endif.endi...endif.6.endif.endif.if

B0.endif.endif.endif.endi...endif.6.endif.endif.if: ; preds = %B0.endif.endif.endif.endi...endif.6.if, %B0.endif.endif.endif.endi...endif.6
  %.1543.sroa.0.2 = phi i64 [ %arg.indices.5.0, %B0.endif.endif.endif.endi...endif.6.if ], [ %.1543.sroa.0.1, %B0.endif.endif.endif.endi...endif.6 ]
  %.1656 = getelementptr i32, ptr %arg.indices.4, i64 %.1543.sroa.0.2
  %.1695 = shl nsw i64 %arg.count, 2
  %.1741 = icmp slt i64 %arg.floats.5.0, 1
  br i1 %.1741, label %B0.endif.endif.endif.endi...else.endif.if, label %B0.endif.endif.endif.endi...else.endif.endif, !prof !0

B0.endif.endif.endif.endi...else.endif.if:        ; preds = %B0.endif.endif.endif.endi...endif.6.endif.endif.if
  br label %B0.endif.endif.endif.endi...else.endif.endif

B0.endif.endif.endif.endi...else.endif.endif:     ; preds = %B0.endif.endif.endif.endi...else.endif.if, %B0.endif.endif.endif.endi...endif.6.endif.endif.if
  %.1721.sroa.0.2 = phi i64 [ %arg.floats.5.0, %B0.endif.endif.endif.endi...else.endif.if ], [ 0, %B0.endif.endif.endif.endi...endif.6.endif.endif.if ]
  %.1748 = icmp slt i64 %arg.count, 0
  %.1749 = select i1 %.1748, i64 %arg.floats.5.0, i64 0
  %.1750 = add i64 %.1749, %.1695
  %.1753 = icmp slt i64 %.1750, 0
  %.1758.not = icmp slt i64 %.1750, %arg.floats.5.0
  %.1834 = getelementptr float, ptr %arg.floats.4, i64 %.1721.sroa.0.2
  %.1867 = add nsw i64 %.145, %.1695
  br i1 %.1753, label %B0.endif.endif.endif.endi...endif.8.else.if, label %B0.endif.endif.endif.endi...endif.8.else.endif, !prof !0

B0.endif.endif.endif.endi...endif.8.else.if:      ; preds = %B0.endif.endif.endif.endi...else.endif.endif
  br label %B0.endif.endif.endif.endi...endif.8.else.endif

B0.endif.endif.endif.endi...endif.8.else.endif:   ; preds = %B0.endif.endif.endif.endi...endif.8.else.if, %B0.endif.endif.endif.endi...else.endif.endif
  %.1893.sroa.0.1 = phi i64 [ 0, %B0.endif.endif.endif.endi...endif.8.else.if ], [ %.1750, %B0.endif.endif.endif.endi...else.endif.endif ]
  br i1 %.1758.not, label %B0.endif.endif.endif.endi...endif.8.else.endif.endif, label %B0.endif.endif.endif.endi...endif.8.else.endif.if, !prof !16

B0.endif.endif.endif.endi...endif.8.else.endif.if: ; preds = %B0.endif.endif.endif.endi...endif.8.else.endif
  br label %B0.endif.endif.endif.endi...endif.8.else.endif.endif

B0.endif.endif.endif.endi...endif.8.else.endif.endif: ; preds = %B0.endif.endif.endif.endi...endif.8.else.endif.if, %B0.endif.endif.endif.endi...endif.8.else.endif
  %.1893.sroa.0.2 = phi i64 [ %arg.floats.5.0, %B0.endif.endif.endif.endi...endif.8.else.endif.if ], [ %.1893.sroa.0.1, %B0.endif.endif.endif.endi...endif.8.else.endif ]
  %.1920 = icmp slt i64 %.1867, 0
  %.1921 = select i1 %.1920, i64 %arg.floats.5.0, i64 0
  %.1922 = add i64 %.1921, %.1867
  %.1925 = icmp slt i64 %.1922, 0
  %.1930.not = icmp slt i64 %.1922, %arg.floats.5.0
  %.2006 = getelementptr float, ptr %arg.floats.4, i64 %.1893.sroa.0.2
  %.2046 = shl nsw i64 %.145, 1
  %.2047 = add nsw i64 %.2046, %.1695
  br i1 %.1925, label %B0.endif.endif.endif.endi...endif.8.endif.else.if, label %B0.endif.endif.endif.endi...endif.8.endif.else.endif, !prof !0

B0.endif.endif.endif.endi...endif.8.endif.endif:  ; preds = %B0.endif.endif.endif.endi...endif.11.endif, %B0.endif.endif.endif.endi...endif.11.endif.if
  %.2073.sroa.13.0 = phi i64 [ %arg.floats.5.0, %B0.endif.endif.endif.endi...endif.11.endif.if ], [ %.2073.sroa.13.1, %B0.endif.endif.endif.endi...endif.11.endif ]
  %.2161 = sub i64 %.2073.sroa.13.0, %.2073.sroa.0.2
  %.2170 = tail call i64 @llvm.smax.i64(i64 %.2161, i64 0)
  %.2186 = getelementptr float, ptr %arg.floats.4, i64 %.2073.sroa.0.2
  br i1 %.2105, label %B0.endif.endif.endif.endi...if.13, label %B0.endif.endif.endif.endi...endif.13, !prof !0

B0.endif.endif.endif.endi...endif.8.endif.else.if: ; preds = %B0.endif.endif.endif.endi...endif.8.else.endif.endif
  br label %B0.endif.endif.endif.endi...endif.8.endif.else.endif

B0.endif.endif.endif.endi...endif.8.endif.else.endif: ; preds = %B0.endif.endif.endif.endi...endif.8.endif.else.if, %B0.endif.endif.endif.endi...endif.8.else.endif.endif
  %.2073.sroa.0.1 = phi i64 [ 0, %B0.endif.endif.endif.endi...endif.8.endif.else.if ], [ %.1922, %B0.endif.endif.endif.endi...endif.8.else.endif.endif ]
  br i1 %.1930.not, label %B0.endif.endif.endif.endi...endif.11, label %B0.endif.endif.endif.endi...if.11, !prof !16

B0.endif.endif.endif.endi...if.11:                ; preds = %B0.endif.endif.endif.endi...endif.8.endif.else.endif
  br label %B0.endif.endif.endif.endi...endif.11

B0.endif.endif.endif.endi...endif.11:             ; preds = %B0.endif.endif.endif.endi...if.11, %B0.endif.endif.endif.endi...endif.8.endif.else.endif
  %.2073.sroa.0.2 = phi i64 [ %arg.floats.5.0, %B0.endif.endif.endif.endi...if.11 ], [ %.2073.sroa.0.1, %B0.endif.endif.endif.endi...endif.8.endif.else.endif ]
  %.2100 = icmp slt i64 %.2047, 0
  %.2101 = select i1 %.2100, i64 %arg.floats.5.0, i64 0
  %.2102 = add i64 %.2101, %.2047
  %.2105 = icmp slt i64 %.2102, 0
  br i1 %.2105, label %B0.endif.endif.endif.endi...endif.11.if, label %B0.endif.endif.endif.endi...endif.11.endif, !prof !0

B0.endif.endif.endif.endi...endif.11.if:          ; preds = %B0.endif.endif.endif.endi...endif.11
  br label %B0.endif.endif.endif.endi...endif.11.endif

B0.endif.endif.endif.endi...endif.11.endif:       ; preds = %B0.endif.endif.endif.endi...endif.11.if, %B0.endif.endif.endif.endi...endif.11
  %.2073.sroa.13.1 = phi i64 [ 0, %B0.endif.endif.endif.endi...endif.11.if ], [ %.2102, %B0.endif.endif.endif.endi...endif.11 ]
  %.2110.not = icmp slt i64 %.2102, %arg.floats.5.0
  br i1 %.2110.not, label %B0.endif.endif.endif.endi...endif.8.endif.endif, label %B0.endif.endif.endif.endi...endif.11.endif.if, !prof !16

B0.endif.endif.endif.endi...endif.11.endif.if:    ; preds = %B0.endif.endif.endif.endi...endif.11.endif
  br label %B0.endif.endif.endif.endi...endif.8.endif.endif

B0.endif.endif.endif.endi...if.13:                ; preds = %B0.endif.endif.endif.endi...endif.8.endif.endif
  br label %B0.endif.endif.endif.endi...endif.13

B0.endif.endif.endif.endi...endif.13:             ; preds = %B0.endif.endif.endif.endi...if.13, %B0.endif.endif.endif.endi...endif.8.endif.endif
  %.2244.sroa.0.1 = phi i64 [ 0, %B0.endif.endif.endif.endi...if.13 ], [ %.2102, %B0.endif.endif.endif.endi...endif.8.endif.endif ]
  br i1 %.2110.not, label %B0.endif.endif.endif.endi...endif.13.endif.endif.if, label %B0.endif.endif.endif.endi...endif.13.if, !prof !16

B0.endif.endif.endif.endi...endif.13.if:          ; preds = %B0.endif.endif.endif.endi...endif.13
  br label %B0.endif.endif.endif.endi...endif.13.endif.endif.if

B0.endif.endif.endif.endi...endif.13.endif.endif.if: ; preds = %B0.endif.endif.endif.endi...endif.13.if, %B0.endif.endif.endif.endi...endif.13
  %.2244.sroa.0.2 = phi i64 [ %arg.floats.5.0, %B0.endif.endif.endif.endi...endif.13.if ], [ %.2244.sroa.0.1, %B0.endif.endif.endif.endi...endif.13 ]
  %.2357 = getelementptr float, ptr %arg.floats.4, i64 %.2244.sroa.0.2
  %.2406 = icmp slt i64 %arg.passes.5.0, 0
  %.2407 = select i1 %.2406, i64 %arg.first.5.0, i64 0
  %25 = getelementptr i32, ptr %arg.first.4, i64 %arg.passes.5.0
  %.2421 = getelementptr i32, ptr %25, i64 %.2407
  %.2422 = load i32, ptr %.2421, align 4
  %.33.i = sext i32 %.2422 to i64
  %.35.i = mul nsw i64 %.33.i, 18
  %.73.i = icmp slt i32 %.2422, 1
  %storemerge.i = select i1 %.73.i, i64 0, i64 %.35.i
  %.11789.i = icmp sgt i64 %storemerge.i, 0
  br i1 %.11789.i, label %B56.if.i, label %_ZN7cascade13place_cornersB2v3B52c8tJTIeFIjxB2IKSgI4CrvQCk0Z4yRYcWqCQhqcRsCJNAA_3d_3dE5ArrayIiLi1E1C7mutable7alignedEixx5ArrayIjLi1E1C7mutable7alignedE.exit

B56.if.i:                                         ; preds = %B0.endif.endif.endif.endi...endif.13.endif.endif.if, %B56.if.i
  %.59.090.i = phi i64 [ %.130.i, %B56.if.i ], [ 0, %B0.endif.endif.endif.endi...endif.13.endif.endif.if ]
  %.130.i = add nuw nsw i64 %.59.090.i, 1
  %.181.idx.i = mul nuw nsw i64 %.59.090.i, 12
  %.181.i = getelementptr i8, ptr %arg.corners.4, i64 %.181.idx.i
  %.182.i = load i32, ptr %.181.i, align 4, !noalias !62
  %.210.i = getelementptr i8, ptr %.181.i, i64 4
  %.211.i = load i32, ptr %.210.i, align 4, !noalias !62
  %.212.i = sext i32 %.211.i to i64
  %.223.0.i = shl nsw i64 %.212.i, 1
  %.253.i = and i64 %.223.0.i, 2
  %.254.i = sext i32 %.182.i to i64
  %.265.0.i = and i64 %.254.i, 1
  %.295.i = or disjoint i64 %.253.i, %.265.0.i
  %.297.i = mul nsw i64 %.295.i, %arg.height
  %.306.0.i = lshr i64 %.212.i, 1
  %.339.i = add i64 %.297.i, %.306.0.i
  %.341.i = mul i64 %.339.i, %arg.width
  %.350.0.i = lshr i64 %.254.i, 1
  %.383.i = add i64 %.341.i, %.350.0.i
  %.409.i = getelementptr i32, ptr %.1656, i64 %.59.090.i
  %.410.i = trunc i64 %.383.i to i32
  store i32 %.410.i, ptr %.409.i, align 4, !noalias !62
  %exitcond.not.i1336 = icmp eq i64 %.130.i, %storemerge.i
  br i1 %exitcond.not.i1336, label %_ZN7cascade13place_cornersB2v3B52c8tJTIeFIjxB2IKSgI4CrvQCk0Z4yRYcWqCQhqcRsCJNAA_3d_3dE5ArrayIiLi1E1C7mutable7alignedEixx5ArrayIjLi1E1C7mutable7alignedE.exit, label %B56.if.i

_ZN7cascade13place_cornersB2v3B52c8tJTIeFIjxB2IKSgI4CrvQCk0Z4yRYcWqCQhqcRsCJNAA_3d_3dE5ArrayIiLi1E1C7mutable7alignedEixx5ArrayIjLi1E1C7mutable7alignedE.exit: ; preds = %B56.if.i, %B0.endif.endif.endif.endi...endif.13.endif.endif.if
  %.11.i = tail call i64 @llvm.smin.i64(i64 %arg.passes.5.0, i64 6)
  %storemerge = tail call i64 @llvm.smax.i64(i64 %arg.count, i64 0)
  %.25751377.not = icmp slt i64 %arg.count, 1
  br i1 %.25751377.not, label %B1552, label %B670.if.lr.ph

B670.if.lr.ph:                                    ; preds = %_ZN7cascade13place_cornersB2v3B52c8tJTIeFIjxB2IKSgI4CrvQCk0Z4yRYcWqCQhqcRsCJNAA_3d_3dE5ArrayIiLi1E1C7mutable7alignedEixx5ArrayIjLi1E1C7mutable7alignedE.exit
  %.3170 = sitofp i64 %arg.window to double
  %.2994 = shl nsw i64 %.128, 2
  %.304489.not.i = icmp slt i64 %arg.width, 1
  %.860.i = shl i64 %.128, 1
  %.44.i.i = add nsw i64 %arg.window, -2
  %.90.i.i = mul nsw i64 %.44.i.i, %.44.i.i
  %.91.i.i1350 = uitofp nneg i64 %.90.i.i to double
  %.96.i.i1351 = fmul double %.91.i.i1350, 1.000000e+01
  %.99.i.i = fmul double %.96.i.i1351, %.96.i.i1351
  %.52.0.i.i = ashr i64 %.44.i.i, 1
  %.idx.i1352 = mul i64 %.128, 12
  %invariant.gep = getelementptr i8, ptr %.285, i64 %.idx.i1352
  %.224666.not.i = icmp slt i64 %arg.passes.5.0, 1
  br label %B670.if

B670.if:                                          ; preds = %B670.if.lr.ph, %_ZN7cascade11pass_placesB3v33B52c8tJTIeFIjxB2IKSgI4CrvQCk0Z4yRYcWqCQhqcRsCJNAA_3d_3dE5ArrayIiLi1E1C7mutable7alignedE5ArrayIjLi1E1C7mutable7alignedE5ArrayIfLi1E1C7mutable7alignedE5ArrayIfLi1E1C7mutable7alignedExx5TupleI5ArrayIiLi1E1C7mutable7alignedE5ArrayIfLi1E1C7mutable7alignedE5ArrayIfLi1E1C7mutable7alignedE5ArrayIiLi1E1C7mutable7alignedEE5ArrayIjLi1E1C7mutable7alignedE23Literal_5bint_5d_280_29x5ArrayIiLi1E1C7mutable7alignedE5ArrayIiLi1E1C7mutable7alignedE.exit
  %tile.3.01381 = phi i64 [ 0, %B670.if.lr.ph ], [ %tile.4.2, %_ZN7cascade11pass_placesB3v33B52c8tJTIeFIjxB2IKSgI4CrvQCk0Z4yRYcWqCQhqcRsCJNAA_3d_3dE5ArrayIiLi1E1C7mutable7alignedE5ArrayIjLi1E1C7mutable7alignedE5ArrayIfLi1E1C7mutable7alignedE5ArrayIfLi1E1C7mutable7alignedExx5TupleI5ArrayIiLi1E1C7mutable7alignedE5ArrayIfLi1E1C7mutable7alignedE5ArrayIfLi1E1C7mutable7alignedE5ArrayIiLi1E1C7mutable7alignedEE5ArrayIjLi1E1C7mutable7alignedE23Literal_5bint_5d_280_29x5ArrayIiLi1E1C7mutable7alignedE5ArrayIiLi1E1C7mutable7alignedE.exit ]
  %found.4.01380 = phi i64 [ 0, %B670.if.lr.ph ], [ %.3307, %_ZN7cascade11pass_placesB3v33B52c8tJTIeFIjxB2IKSgI4CrvQCk0Z4yRYcWqCQhqcRsCJNAA_3d_3dE5ArrayIiLi1E1C7mutable7alignedE5ArrayIjLi1E1C7mutable7alignedE5ArrayIfLi1E1C7mutable7alignedE5ArrayIfLi1E1C7mutable7alignedExx5TupleI5ArrayIiLi1E1C7mutable7alignedE5ArrayIfLi1E1C7mutable7alignedE5ArrayIfLi1E1C7mutable7alignedE5ArrayIiLi1E1C7mutable7alignedEE5ArrayIjLi1E1C7mutable7alignedE23Literal_5bint_5d_280_29x5ArrayIiLi1E1C7mutable7alignedE5ArrayIiLi1E1C7mutable7alignedE.exit ]
  %.2518.01379 = phi i64 [ 0, %B670.if.lr.ph ], [ %.2588, %_ZN7cascade11pass_placesB3v33B52c8tJTIeFIjxB2IKSgI4CrvQCk0Z4yRYcWqCQhqcRsCJNAA_3d_3dE5ArrayIiLi1E1C7mutable7alignedE5ArrayIjLi1E1C7mutable7alignedE5ArrayIfLi1E1C7mutable7alignedE5ArrayIfLi1E1C7mutable7alignedExx5TupleI5ArrayIiLi1E1C7mutable7alignedE5ArrayIfLi1E1C7mutable7alignedE5ArrayIfLi1E1C7mutable7alignedE5ArrayIiLi1E1C7mutable7alignedEE5ArrayIjLi1E1C7mutable7alignedE23Literal_5bint_5d_280_29x5ArrayIiLi1E1C7mutable7alignedE5ArrayIiLi1E1C7mutable7alignedE.exit ]
  %.2588 = add nuw nsw i64 %.2518.01379, 1
  %.2661.idx = mul i64 %.2518.01379, 20
  %.2661 = getelementptr i8, ptr %arg.regions.4, i64 %.2661.idx
  %.2691 = getelementptr i8, ptr %.2661, i64 4
  %.2692 = load i32, ptr %.2691, align 4
  %.2721 = getelementptr i8, ptr %.2661, i64 8
  %.2722 = load i32, ptr %.2721, align 4
  %.2790 = getelementptr i8, ptr %.2661, i64 16
  %.2791 = load i32, ptr %.2790, align 4
  %.14.i = tail call i32 @llvm.smin.i32(i32 %.2692, i32 %.2791)
  %.16.i = tail call i32 @llvm.smin.i32(i32 %.2722, i32 %.14.i)
  %.2844 = sext i32 %.16.i to i64
  %.2845.not = icmp sgt i64 %arg.window, %.2844
  br i1 %.2845.not, label %B1480, label %B992.preheader

B992.preheader:                                   ; preds = %B670.if
  %.2760 = getelementptr i8, ptr %.2661, i64 12
  %.2761 = load i32, ptr %.2760, align 4
  %.2662 = load i32, ptr %.2661, align 4
  %.2864 = sext i32 %.2761 to i64
  %.2871 = sitofp i32 %.2692 to double
  %.2914 = sitofp i32 %.2722 to double
  %.209.i = sext i32 %.2722 to i64
  %.210.i1338 = add nsw i64 %.209.i, -2
  %.503.i = sext i32 %.2692 to i64
  %.504.i = add nsw i64 %.503.i, -2
  %.577.i = sext i32 %.2722 to i64
  %.580.i = sext i32 %.2662 to i64
  %invariant.gep.i = getelementptr i8, ptr %arg.pixels.4, i64 %.577.i
  %.3139 = trunc i64 %.2518.01379 to i32
  br label %B992

B34.if.lr.ph.i:                                   ; preds = %B1004
  %.178.i = uitofp nneg i64 %.5.i1337 to double
  br label %B34.if.i1339

B298.i:                                           ; preds = %B34.if.i1339, %B1004
  %.424282.not.i = icmp slt i64 %.5.i, 1
  br i1 %.424282.not.i, label %_ZN11face_search6shrinkB3v19B52c8tJTIeFIjxB2IKSgI4CrvQCk0Z4yRYcWqCQhqcRsCJNAA_3d_3dE5ArrayIhLi1E1C7mutable7alignedEiii5ArrayIhLi1E1C7mutable7alignedExx5ArrayIiLi1E1C7mutable7alignedE.exit, label %B330.if.lr.ph.i

B330.if.lr.ph.i:                                  ; preds = %B298.i
  %.472.i = uitofp nneg i64 %.5.i to double
  br label %B330.if.i

B328.loopexit.i:                                  ; preds = %B550.if.i, %B330.if.i
  %exitcond286.not.i = icmp eq i64 %.437.i, %.5.i
  br i1 %exitcond286.not.i, label %_ZN11face_search6shrinkB3v19B52c8tJTIeFIjxB2IKSgI4CrvQCk0Z4yRYcWqCQhqcRsCJNAA_3d_3dE5ArrayIhLi1E1C7mutable7alignedEiii5ArrayIhLi1E1C7mutable7alignedExx5ArrayIiLi1E1C7mutable7alignedE.exit, label %B330.if.i

B34.if.i1339:                                     ; preds = %B34.if.i1339, %B34.if.lr.ph.i
  %.76.0277.i = phi i64 [ 0, %B34.if.lr.ph.i ], [ %.147.i, %B34.if.i1339 ]
  %.147.i = add nuw nsw i64 %.76.0277.i, 1
  %.172.i = uitofp nneg i64 %.76.0277.i to double
  %.173.i = fadd double %.172.i, 5.000000e-01
  %.176.i = fmul double %.173.i, %.2914
  %.182.i1340 = fdiv double %.176.i, %.178.i
  %.183.i = fadd double %.182.i1340, -5.000000e-01
  %.5.i.i = fptosi double %.183.i to i64
  %.11.i.i1341 = tail call i64 @llvm.smin.i64(i64 range(i64 -2147483650, 2147483646) %.210.i1338, i64 %.5.i.i)
  %.239.i = sitofp i64 %.11.i.i1341 to double
  %.240.i = fsub double %.183.i, %.239.i
  %.242.i = fmul double %.240.i, 2.560000e+02
  %.250.le.i = tail call double @llvm.rint.f64(double %.242.i)
  %.5.i270.i = fptosi double %.250.le.i to i64
  %.305.idx.i = shl i64 %.76.0277.i, 3
  %.305.i = getelementptr i8, ptr %.1145, i64 %.305.idx.i
  %.306.i = trunc i64 %.11.i.i1341 to i32
  store i32 %.306.i, ptr %.305.i, align 4, !noalias !65
  %.335.i = getelementptr i8, ptr %.305.i, i64 4
  %.336.i = trunc i64 %.5.i270.i to i32
  store i32 %.336.i, ptr %.335.i, align 4, !noalias !65
  %exitcond.not.i1342 = icmp eq i64 %.147.i, %.5.i1337
  br i1 %exitcond.not.i1342, label %B298.i, label %B34.if.i1339

B330.if.i:                                        ; preds = %B328.loopexit.i, %B330.if.lr.ph.i
  %.367.0283.i = phi i64 [ 0, %B330.if.lr.ph.i ], [ %.437.i, %B328.loopexit.i ]
  %.437.i = add nuw nsw i64 %.367.0283.i, 1
  %.466.i = uitofp nneg i64 %.367.0283.i to double
  %.467.i = fadd double %.466.i, 5.000000e-01
  %.470.i = fmul double %.467.i, %.2871
  %.476.i = fdiv double %.470.i, %.472.i
  %.477.i = fadd double %.476.i, -5.000000e-01
  %.5.i271.i = fptosi double %.477.i to i64
  %.11.i272.i = tail call i64 @llvm.smin.i64(i64 range(i64 -2147483650, 2147483646) %.504.i, i64 %.5.i271.i)
  %.533.i = sitofp i64 %.11.i272.i to double
  %.534.i = fsub double %.477.i, %.533.i
  %.536.i = fmul double %.534.i, 2.560000e+02
  %.544.le.i = tail call double @llvm.rint.f64(double %.536.i)
  %.5.i273.i = fptosi double %.544.le.i to i64
  %.578.i = mul nsw i64 %.11.i272.i, %.577.i
  %.581.i = add nsw i64 %.578.i, %.580.i
  br i1 %.134275.not.i, label %B328.loopexit.i, label %B550.if.lr.ph.i

B550.if.lr.ph.i:                                  ; preds = %B330.if.i
  %.896.i = sub nsw i64 256, %.5.i273.i
  %.905.i = mul nuw nsw i64 %.367.0283.i, %.5.i1337
  %26 = getelementptr i8, ptr %arg.octets.4, i64 %.905.i
  br label %B550.if.i

B550.if.i:                                        ; preds = %B550.if.i, %B550.if.lr.ph.i
  %.609.0280.i = phi i64 [ 0, %B550.if.lr.ph.i ], [ %.678.i, %B550.if.i ]
  %.678.i = add nuw nsw i64 %.609.0280.i, 1
  %.729.idx.i = shl i64 %.609.0280.i, 3
  %.729.i = getelementptr i8, ptr %.1145, i64 %.729.idx.i
  %.730.i = load i32, ptr %.729.i, align 4, !noalias !65
  %.732.i = sext i32 %.730.i to i64
  %.733.i = add nsw i64 %.581.i, %.732.i
  %.761.i = getelementptr i8, ptr %.729.i, i64 4
  %.762.i = load i32, ptr %.761.i, align 4, !noalias !65
  %.788.i = getelementptr i8, ptr %arg.pixels.4, i64 %.733.i
  %.789.i = load i8, ptr %.788.i, align 1, !noalias !65
  %.790287.i = zext i32 %.762.i to i64
  %.791.i = sub nsw i64 256, %.790287.i
  %.792.i = zext i8 %.789.i to i64
  %.793.i = mul nsw i64 %.791.i, %.792.i
  %.820.i = getelementptr i8, ptr %.788.i, i64 1
  %.821.i = load i8, ptr %.820.i, align 1, !noalias !65
  %.822.i = zext i8 %.821.i to i64
  %.824.i = mul nuw nsw i64 %.822.i, %.790287.i
  %.825.i = add nsw i64 %.824.i, %.793.i
  %gep.i = getelementptr i8, ptr %invariant.gep.i, i64 %.733.i
  %.855.i = load i8, ptr %gep.i, align 1, !noalias !65
  %.858.i = zext i8 %.855.i to i64
  %.859.i = mul nsw i64 %.791.i, %.858.i
  %.889.i = getelementptr i8, ptr %gep.i, i64 1
  %.890.i = load i8, ptr %.889.i, align 1, !noalias !65
  %.891.i = zext i8 %.890.i to i64
  %.893.i = mul nuw nsw i64 %.891.i, %.790287.i
  %.894.i = add nsw i64 %.893.i, %.859.i
  %.897.i = mul i64 %.825.i, %.896.i
  %.899.i = mul i64 %.894.i, %.5.i273.i
  %.900.i = add i64 %.897.i, 32768
  %.901.i = add i64 %.900.i, %.899.i
  %.902.i = lshr i64 %.901.i, 16
  %.932.i = getelementptr i8, ptr %26, i64 %.609.0280.i
  %.933.i = trunc i64 %.902.i to i8
  store i8 %.933.i, ptr %.932.i, align 1, !noalias !65
  %exitcond285.not.i = icmp eq i64 %.678.i, %.5.i1337
  br i1 %exitcond285.not.i, label %B328.loopexit.i, label %B550.if.i

_ZN11face_search6shrinkB3v19B52c8tJTIeFIjxB2IKSgI4CrvQCk0Z4yRYcWqCQhqcRsCJNAA_3d_3dE5ArrayIhLi1E1C7mutable7alignedEiii5ArrayIhLi1E1C7mutable7alignedExx5ArrayIiLi1E1C7mutable7alignedE.exit: ; preds = %B328.loopexit.i, %B298.i
  %.2996 = mul nsw i64 %tile.2.1, %.2994
  %.70.i = add nsw i64 %.5.i1337, 1
  %.71.i = shl nsw i64 %.70.i, 1
  %.109.i = icmp slt i64 %.5.i1337, 0
  %storemerge.i1343 = select i1 %.109.i, i64 0, i64 %.71.i
  %.153486.i = icmp sgt i64 %storemerge.i1343, 0
  br i1 %.153486.i, label %B56.if.preheader.i, label %B98.i

B56.if.preheader.i:                               ; preds = %_ZN11face_search6shrinkB3v19B52c8tJTIeFIjxB2IKSgI4CrvQCk0Z4yRYcWqCQhqcRsCJNAA_3d_3dE5ArrayIhLi1E1C7mutable7alignedEiii5ArrayIhLi1E1C7mutable7alignedExx5ArrayIiLi1E1C7mutable7alignedE.exit
  %27 = shl nuw i64 %storemerge.i1343, 2
  tail call void @llvm.memset.p0.i64(ptr align 4 %.1145, i8 0, i64 %27, i1 false), !noalias !68
  br label %B98.i

B98.i:                                            ; preds = %B56.if.preheader.i, %_ZN11face_search6shrinkB3v19B52c8tJTIeFIjxB2IKSgI4CrvQCk0Z4yRYcWqCQhqcRsCJNAA_3d_3dE5ArrayIhLi1E1C7mutable7alignedEiii5ArrayIhLi1E1C7mutable7alignedExx5ArrayIiLi1E1C7mutable7alignedE.exit
  br i1 %.304489.not.i, label %B224.i, label %B128.if.lr.ph.i

B128.if.lr.ph.i:                                  ; preds = %B98.i
  %28 = getelementptr i32, ptr %.285, i64 %.2996
  %29 = getelementptr i32, ptr %28, i64 %.128
  br label %B128.if.i

B224.i:                                           ; preds = %B128.if.i, %B98.i
  br i1 %.424282.not.i, label %_ZN7cascade9integrateB3v22B52c8tJTIeFIjxB2IKSgI4CrvQCk0Z4yRYcWqCQhqcRsCJNAA_3d_3dE5ArrayIhLi1E1C7mutable7alignedE23Literal_5bint_5d_280_29xx5ArrayIiLi1E1C7mutable7alignedEx5ArrayIjLi1E1C7mutable7alignedExx5ArrayIiLi1E1C7mutable7alignedE.exit, label %B264.if.lr.ph.i

B264.if.lr.ph.i:                                  ; preds = %B224.i
  %30 = getelementptr i32, ptr %.1145, i64 %.70.i
  %31 = getelementptr i32, ptr %.285, i64 %.2996
  %.960.0.i = ashr i64 %.70.i, 1
  %.1072495.not.i = icmp slt i64 %.960.0.i, 1
  %32 = getelementptr i32, ptr %.1145, i64 %.5.i1337
  %33 = getelementptr i8, ptr %32, i64 8
  br label %B264.if.i

B1356.i:                                          ; preds = %B1092.if.i, %B1000.else.if.i
  %exitcond510.not.i = icmp eq i64 %.436.0504.i, %.5.i
  br i1 %exitcond510.not.i, label %_ZN7cascade9integrateB3v22B52c8tJTIeFIjxB2IKSgI4CrvQCk0Z4yRYcWqCQhqcRsCJNAA_3d_3dE5ArrayIhLi1E1C7mutable7alignedE23Literal_5bint_5d_280_29xx5ArrayIiLi1E1C7mutable7alignedEx5ArrayIjLi1E1C7mutable7alignedExx5ArrayIiLi1E1C7mutable7alignedE.exit, label %B264.if.i

B128.if.i:                                        ; preds = %B128.if.i, %B128.if.lr.ph.i
  %.248.0490.i = phi i64 [ 0, %B128.if.lr.ph.i ], [ %.317.i, %B128.if.i ]
  %.317.i = add nuw nsw i64 %.248.0490.i, 1
  %.369.i = getelementptr i32, ptr %28, i64 %.248.0490.i
  store i32 0, ptr %.369.i, align 4, !noalias !68
  %.401.i = getelementptr i32, ptr %29, i64 %.248.0490.i
  store i32 0, ptr %.401.i, align 4, !noalias !68
  %exitcond.not.i1344 = icmp eq i64 %.317.i, %arg.width
  br i1 %exitcond.not.i1344, label %B224.i, label %B128.if.i

B264.if.i:                                        ; preds = %B1356.i, %B264.if.lr.ph.i
  %.436.0504.i = phi i64 [ 1, %B264.if.lr.ph.i ], [ %.506.i, %B1356.i ]
  %.506.i = add nuw i64 %.436.0504.i, 1
  br i1 %.134275.not.i, label %B544.else.if.i, label %B320.if.lr.ph.i

B320.if.lr.ph.i:                                  ; preds = %B264.if.i
  %.535.i = add nsw i64 %.436.0504.i, -1
  %.537.i = mul nsw i64 %.535.i, %.5.i1337
  %34 = getelementptr i8, ptr %arg.octets.4, i64 %.537.i
  br label %B320.if.i

B320.if.i:                                        ; preds = %B320.if.i, %B320.if.lr.ph.i
  %.567.0493.i = phi i64 [ 0, %B320.if.lr.ph.i ], [ %.636.i, %B320.if.i ]
  %.636.i = add nuw nsw i64 %.567.0493.i, 1
  %.688.i = getelementptr i8, ptr %34, i64 %.567.0493.i
  %.689.i = load i8, ptr %.688.i, align 1, !noalias !68
  %.716.i = getelementptr i32, ptr %.1145, i64 %.567.0493.i
  %.717.i = load i32, ptr %.716.i, align 4, !noalias !68
  %.719.i = zext i8 %.689.i to i32
  %.747.i = add i32 %.717.i, %.719.i
  store i32 %.747.i, ptr %.716.i, align 4, !noalias !68
  %.777.i = getelementptr i32, ptr %30, i64 %.567.0493.i
  %.778.i = load i32, ptr %.777.i, align 4, !noalias !68
  %.781.i = mul nuw nsw i32 %.719.i, %.719.i
  %.783.i = add i32 %.778.i, %.781.i
  store i32 %.783.i, ptr %.777.i, align 4, !noalias !68
  %exitcond507.not.i = icmp eq i64 %.636.i, %.5.i1337
  br i1 %exitcond507.not.i, label %B544.else.if.i, label %B320.if.i

B544.else.if.i:                                   ; preds = %B320.if.i, %B264.if.i
  %.830.0.i = and i64 %.436.0504.i, 1
  %.862.i = mul nuw nsw i64 %.860.i, %.830.0.i
  %.873.0.i = ashr i64 %.436.0504.i, 1
  %.907.i = mul nsw i64 %.873.0.i, %arg.width
  %35 = getelementptr i32, ptr %31, i64 %.862.i
  %.944.i = getelementptr i32, ptr %35, i64 %.907.i
  store i32 0, ptr %.944.i, align 4, !noalias !68
  br i1 %.1072495.not.i, label %B1000.else.if.i, label %B718.if.lr.ph.i

B718.if.lr.ph.i:                                  ; preds = %B544.else.if.i
  %36 = getelementptr i32, ptr %.944.i, i64 %.128
  br label %B718.if.i

B718.if.i:                                        ; preds = %B718.if.i, %B718.if.lr.ph.i
  %total.3.1498.i = phi i64 [ 0, %B718.if.lr.ph.i ], [ %.1203.i, %B718.if.i ]
  %.1016.0496.i = phi i64 [ 0, %B718.if.lr.ph.i ], [ %.1085.i, %B718.if.i ]
  %.1085.i = add nuw nsw i64 %.1016.0496.i, 1
  %.1136.idx.i = shl i64 %.1016.0496.i, 3
  %.1136.i = getelementptr i8, ptr %.1145, i64 %.1136.idx.i
  %.1137.i1345 = load i32, ptr %.1136.i, align 4, !noalias !68
  %37 = trunc i64 %total.3.1498.i to i32
  %.1142.i1346 = add i32 %.1137.i1345, %37
  %.1170.i1347 = getelementptr i32, ptr %36, i64 %.1016.0496.i
  store i32 %.1142.i1346, ptr %.1170.i1347, align 4, !noalias !68
  %.1199.i = getelementptr i8, ptr %.1136.i, i64 4
  %.1200.i = load i32, ptr %.1199.i, align 4, !noalias !68
  %.1201511.i = zext i32 %.1142.i1346 to i64
  %.1202512.i = zext i32 %.1200.i to i64
  %.1203.i = add nuw nsw i64 %.1202512.i, %.1201511.i
  %.1204.i = trunc i64 %.1203.i to i32
  %38 = getelementptr i32, ptr %.944.i, i64 %.1016.0496.i
  %.1235.i = getelementptr i8, ptr %38, i64 4
  store i32 %.1204.i, ptr %.1235.i, align 4, !noalias !68
  %exitcond508.not.i = icmp eq i64 %.960.0.i, %.1085.i
  br i1 %exitcond508.not.i, label %B1000.else.if.i, label %B718.if.i

B1000.else.if.i:                                  ; preds = %B718.if.i, %B544.else.if.i
  %.1289.not.i = icmp eq i64 %.830.0.i, 0
  %brmerge.i = select i1 %.1289.not.i, i1 true, i1 %.1072495.not.i
  br i1 %brmerge.i, label %B1356.i, label %B1092.if.lr.ph.i

B1092.if.lr.ph.i:                                 ; preds = %B1000.else.if.i
  %39 = getelementptr i32, ptr %.1487, i64 %.907.i
  br label %B1092.if.i

B1092.if.i:                                       ; preds = %B1092.if.i, %B1092.if.lr.ph.i
  %square.3.1502.i = phi i32 [ 0, %B1092.if.lr.ph.i ], [ %.1594.i, %B1092.if.i ]
  %.1360.0500.i = phi i64 [ 0, %B1092.if.lr.ph.i ], [ %.1429.i, %B1092.if.i ]
  %.1429.i = add nuw nsw i64 %.1360.0500.i, 1
  %.1456.i = shl nuw nsw i64 %.1360.0500.i, 1
  %.1483.i = getelementptr i32, ptr %30, i64 %.1456.i
  %.1484.i = load i32, ptr %.1483.i, align 4, !noalias !68
  %.1488.i = add i32 %.1484.i, %square.3.1502.i
  %.1559.i = getelementptr i32, ptr %39, i64 %.1360.0500.i
  store i32 %.1488.i, ptr %.1559.i, align 4, !noalias !68
  %.1590.i = getelementptr i32, ptr %33, i64 %.1456.i
  %.1591.i = load i32, ptr %.1590.i, align 4, !noalias !68
  %.1594.i = add i32 %.1591.i, %.1488.i
  %exitcond509.not.i = icmp eq i64 %.960.0.i, %.1429.i
  br i1 %exitcond509.not.i, label %B1356.i, label %B1092.if.i

_ZN7cascade9integrateB3v22B52c8tJTIeFIjxB2IKSgI4CrvQCk0Z4yRYcWqCQhqcRsCJNAA_3d_3dE5ArrayIhLi1E1C7mutable7alignedE23Literal_5bint_5d_280_29xx5ArrayIiLi1E1C7mutable7alignedEx5ArrayIjLi1E1C7mutable7alignedExx5ArrayIiLi1E1C7mutable7alignedE.exit: ; preds = %B1356.i, %B224.i
  %.65.i1348 = sub nsw i64 %.5.i1337, %arg.window
  %.84.i1349 = sdiv i64 %.65.i1348, 2
  %40 = and i64 %.65.i1348, -9223372036854775807
  %.87.i = icmp ne i64 %40, -9223372036854775807
  %41 = zext i1 %.87.i to i64
  %.73.0.i = add nsw i64 %.84.i1349, %41
  %.117.i = sub nsw i64 %.5.i, %arg.window
  %.136.i = sdiv i64 %.117.i, 2
  %42 = and i64 %.117.i, -9223372036854775807
  %.139.i = icmp ne i64 %42, -9223372036854775807
  %43 = zext i1 %.139.i to i64
  %.125.0.i = add nsw i64 %.136.i, %43
  %.240228.not.i = icmp slt i64 %.125.0.i, 1
  br i1 %.240228.not.i, label %_ZN11face_search12list_windowsB3v32B52c8tJTIeFIjxB2IKSgI4CrvQCk0Z4yRYcWqCQhqcRsCJNAA_3d_3dE5ArrayIiLi1E1C7mutable7alignedE5ArrayIjLi1E1C7mutable7alignedExxxxxx5ArrayIjLi1E1C7mutable7alignedE5ArrayIfLi1E1C7mutable7alignedEx.exit, label %B110.if.lr.ph.i

B110.if.lr.ph.i:                                  ; preds = %_ZN7cascade9integrateB3v22B52c8tJTIeFIjxB2IKSgI4CrvQCk0Z4yRYcWqCQhqcRsCJNAA_3d_3dE5ArrayIhLi1E1C7mutable7alignedE23Literal_5bint_5d_280_29xx5ArrayIiLi1E1C7mutable7alignedEx5ArrayIjLi1E1C7mutable7alignedExx5ArrayIiLi1E1C7mutable7alignedE.exit
  %.198204.not.i.i = icmp slt i64 %.73.0.i, 1
  %gep = getelementptr i32, ptr %invariant.gep, i64 %.2996
  br label %B110.if.i

B110.loopexit.i:                                  ; preds = %B220.if.i, %_ZN7cascade9scale_rowB2v5B52c8tJTIeFIjxB2IKSgI4CrvQCk0Z4yRYcWqCQhqcRsCJNAA_3d_3dE5ArrayIiLi1E1C7mutable7alignedE5ArrayIjLi1E1C7mutable7alignedExxxxx5ArrayIfLi1E1C7mutable7alignedE.exit.i
  %found.3.1.lcssa.i = phi i64 [ %found.2.0231.i, %_ZN7cascade9scale_rowB2v5B52c8tJTIeFIjxB2IKSgI4CrvQCk0Z4yRYcWqCQhqcRsCJNAA_3d_3dE5ArrayIiLi1E1C7mutable7alignedE5ArrayIjLi1E1C7mutable7alignedExxxxx5ArrayIfLi1E1C7mutable7alignedE.exit.i ], [ %.754.i, %B220.if.i ]
  %exitcond233.not.i = icmp eq i64 %.253.i1353, %.125.0.i
  br i1 %exitcond233.not.i, label %_ZN11face_search12list_windowsB3v32B52c8tJTIeFIjxB2IKSgI4CrvQCk0Z4yRYcWqCQhqcRsCJNAA_3d_3dE5ArrayIiLi1E1C7mutable7alignedE5ArrayIjLi1E1C7mutable7alignedExxxxxx5ArrayIjLi1E1C7mutable7alignedE5ArrayIfLi1E1C7mutable7alignedEx.exit, label %B110.if.i

B110.if.i:                                        ; preds = %B110.loopexit.i, %B110.if.lr.ph.i
  %found.2.0231.i = phi i64 [ %found.5.1, %B110.if.lr.ph.i ], [ %found.3.1.lcssa.i, %B110.loopexit.i ]
  %.182.0230.i = phi i64 [ 0, %B110.if.lr.ph.i ], [ %.253.i1353, %B110.loopexit.i ]
  %.253.i1353 = add nuw nsw i64 %.182.0230.i, 1
  %.327.i = icmp slt i64 %found.2.0231.i, 0
  %.328.i = select i1 %.327.i, i64 %.2170, i64 0
  %.329.i = add i64 %.328.i, %found.2.0231.i
  %.332.i = icmp slt i64 %.329.i, 0
  br i1 %.332.i, label %B112.else.if.i, label %B112.else.endif.i, !prof !0

B112.else.if.i:                                   ; preds = %B110.if.i
  br label %B112.else.endif.i

B112.else.endif.i:                                ; preds = %B112.else.if.i, %B110.if.i
  %.317.sroa.0.1.i = phi i64 [ 0, %B112.else.if.i ], [ %.329.i, %B110.if.i ]
  %.337.not.i = icmp slt i64 %.329.i, %.2170
  br i1 %.337.not.i, label %B112.else.endif.endif.endif.if.i, label %B112.else.endif.if.i, !prof !16

B112.else.endif.if.i:                             ; preds = %B112.else.endif.i
  br label %B112.else.endif.endif.endif.if.i

B112.else.endif.endif.endif.if.i:                 ; preds = %B112.else.endif.if.i, %B112.else.endif.i
  %.317.sroa.0.2.i = phi i64 [ %.2170, %B112.else.endif.if.i ], [ %.317.sroa.0.1.i, %B112.else.endif.i ]
  %.430.i = getelementptr float, ptr %.2186, i64 %.317.sroa.0.2.i
  br i1 %.198204.not.i.i, label %_ZN7cascade9scale_rowB2v5B52c8tJTIeFIjxB2IKSgI4CrvQCk0Z4yRYcWqCQhqcRsCJNAA_3d_3dE5ArrayIiLi1E1C7mutable7alignedE5ArrayIjLi1E1C7mutable7alignedExxxxx5ArrayIfLi1E1C7mutable7alignedE.exit.i, label %B192.if.lr.ph.i.i

B192.if.lr.ph.i.i:                                ; preds = %B112.else.endif.endif.endif.if.i
  %.105.i.i = add nsw i64 %.182.0230.i, %.52.0.i.i
  %.106.i.i = mul nsw i64 %.105.i.i, %arg.width
  %.103.i.i1354 = mul nsw i64 %.182.0230.i, %arg.width
  %44 = getelementptr i32, ptr %gep, i64 %.103.i.i1354
  %45 = getelementptr i32, ptr %44, i64 %.52.0.i.i
  %46 = getelementptr i32, ptr %gep, i64 %.106.i.i
  %47 = getelementptr i32, ptr %46, i64 %.52.0.i.i
  %48 = getelementptr i32, ptr %.1487, i64 %.103.i.i1354
  %49 = getelementptr i32, ptr %48, i64 %.52.0.i.i
  %50 = getelementptr i32, ptr %.1487, i64 %.106.i.i
  %51 = getelementptr i32, ptr %50, i64 %.52.0.i.i
  br label %B192.if.i.i

B1086.i.i:                                        ; preds = %for.end.i.i, %B192.if.i.i
  %"$phi1086.1.2.1.i.i" = phi float [ %.548.i.i, %for.end.i.i ], [ 0.000000e+00, %B192.if.i.i ]
  %.588.i.i = getelementptr float, ptr %.430.i, i64 %.139.0205.i.i
  store float %"$phi1086.1.2.1.i.i", ptr %.588.i.i, align 4, !noalias !71
  %exitcond.not.i.i1360 = icmp eq i64 %.211.i.i, %.73.0.i
  br i1 %exitcond.not.i.i1360, label %_ZN7cascade9scale_rowB2v5B52c8tJTIeFIjxB2IKSgI4CrvQCk0Z4yRYcWqCQhqcRsCJNAA_3d_3dE5ArrayIiLi1E1C7mutable7alignedE5ArrayIjLi1E1C7mutable7alignedExxxxx5ArrayIfLi1E1C7mutable7alignedE.exit.i, label %B192.if.i.i

B192.if.i.i:                                      ; preds = %B1086.i.i, %B192.if.lr.ph.i.i
  %.139.0205.i.i = phi i64 [ 0, %B192.if.lr.ph.i.i ], [ %.211.i.i, %B1086.i.i ]
  %.211.i.i = add nuw nsw i64 %.139.0205.i.i, 1
  %.269.i.i = getelementptr i32, ptr %44, i64 %.139.0205.i.i
  %.270.i.i = load i32, ptr %.269.i.i, align 4, !noalias !71
  %.303.i.i = getelementptr i32, ptr %45, i64 %.139.0205.i.i
  %.304.i.i = load i32, ptr %.303.i.i, align 4, !noalias !71
  %.338.i.i = getelementptr i32, ptr %46, i64 %.139.0205.i.i
  %.339.i.i = load i32, ptr %.338.i.i, align 4, !noalias !71
  %.374.i.i = getelementptr i32, ptr %47, i64 %.139.0205.i.i
  %.375.i.i1355 = load i32, ptr %.374.i.i, align 4, !noalias !71
  %52 = add i32 %.304.i.i, %.339.i.i
  %.341.i.i = sub i32 %.270.i.i, %52
  %.377.i.i = add i32 %.341.i.i, %.375.i.i1355
  %.379.i.i1356 = sitofp i32 %.377.i.i to double
  %.408.i.i = getelementptr i32, ptr %48, i64 %.139.0205.i.i
  %.409.i.i = load i32, ptr %.408.i.i, align 4, !noalias !71
  %.441.i.i1357 = getelementptr i32, ptr %49, i64 %.139.0205.i.i
  %.442.i.i = load i32, ptr %.441.i.i1357, align 4, !noalias !71
  %.473.i.i = getelementptr i32, ptr %50, i64 %.139.0205.i.i
  %.474.i.i = load i32, ptr %.473.i.i, align 4, !noalias !71
  %.507.i.i = getelementptr i32, ptr %51, i64 %.139.0205.i.i
  %.508.i.i = load i32, ptr %.507.i.i, align 4, !noalias !71
  %53 = add i32 %.442.i.i, %.474.i.i
  %.476.i.i = sub i32 %.409.i.i, %53
  %.510.i.i1358 = add i32 %.476.i.i, %.508.i.i
  %.512.i.i = uitofp i32 %.510.i.i1358 to double
  %.514.i.i1359 = fmul double %.91.i.i1350, %.512.i.i
  %.515.i.i = fmul double %.379.i.i1356, %.379.i.i1356
  %.516.i.i = fsub double %.514.i.i1359, %.515.i.i
  %.522.i.i = fcmp ogt double %.516.i.i, %.99.i.i
  br i1 %.522.i.i, label %for.end.i.i, label %B1086.i.i

for.end.i.i:                                      ; preds = %B192.if.i.i
  %.536.le.i.i = tail call double @sqrt(double %.516.i.i)
  %.547.i.i1363 = fdiv double 1.000000e+00, %.536.le.i.i
  %.548.i.i = fptrunc double %.547.i.i1363 to float
  br label %B1086.i.i

_ZN7cascade9scale_rowB2v5B52c8tJTIeFIjxB2IKSgI4CrvQCk0Z4yRYcWqCQhqcRsCJNAA_3d_3dE5ArrayIiLi1E1C7mutable7alignedE5ArrayIjLi1E1C7mutable7alignedExxxxx5ArrayIfLi1E1C7mutable7alignedE.exit.i: ; preds = %B1086.i.i, %B112.else.endif.endif.endif.if.i
  %storemerge222.i = phi i64 [ 0, %B112.else.endif.endif.endif.if.i ], [ %.73.0.i, %B1086.i.i ]
  %.590224.i = icmp sgt i64 %storemerge222.i, 0
  br i1 %.590224.i, label %B220.if.lr.ph.i, label %B110.loopexit.i

B220.if.lr.ph.i:                                  ; preds = %_ZN7cascade9scale_rowB2v5B52c8tJTIeFIjxB2IKSgI4CrvQCk0Z4yRYcWqCQhqcRsCJNAA_3d_3dE5ArrayIiLi1E1C7mutable7alignedE5ArrayIjLi1E1C7mutable7alignedExxxxx5ArrayIfLi1E1C7mutable7alignedE.exit.i
  %.630.i = mul nsw i64 %.182.0230.i, %arg.width
  %.632.i = add nsw i64 %.630.i, %.2996
  %54 = getelementptr float, ptr %.2186, i64 %found.2.0231.i
  br label %B220.if.i

B220.if.i:                                        ; preds = %B220.if.i, %B220.if.lr.ph.i
  %found.3.1227.i = phi i64 [ %found.2.0231.i, %B220.if.lr.ph.i ], [ %.754.i, %B220.if.i ]
  %.534.0225.i = phi i64 [ 0, %B220.if.lr.ph.i ], [ %.603.i, %B220.if.i ]
  %.603.i = add nuw nsw i64 %.534.0225.i, 1
  %.633.i = add nsw i64 %.632.i, %.534.0225.i
  %.661.i = getelementptr float, ptr %54, i64 %.534.0225.i
  %.662.i = load float, ptr %.661.i, align 4, !noalias !76
  %.689.i1361 = getelementptr i32, ptr %.1318, i64 %found.3.1227.i
  %.690.i = trunc i64 %.633.i to i32
  store i32 %.690.i, ptr %.689.i1361, align 4, !noalias !76
  %.718.i = getelementptr float, ptr %.2186, i64 %found.3.1227.i
  store float %.662.i, ptr %.718.i, align 4, !noalias !76
  %.750.i = fcmp ogt float %.662.i, 0.000000e+00
  %.753.i = zext i1 %.750.i to i64
  %.754.i = add nsw i64 %found.3.1227.i, %.753.i
  %exitcond.not.i1362 = icmp eq i64 %.603.i, %storemerge222.i
  br i1 %exitcond.not.i1362, label %B110.loopexit.i, label %B220.if.i

_ZN11face_search12list_windowsB3v32B52c8tJTIeFIjxB2IKSgI4CrvQCk0Z4yRYcWqCQhqcRsCJNAA_3d_3dE5ArrayIiLi1E1C7mutable7alignedE5ArrayIjLi1E1C7mutable7alignedExxxxxx5ArrayIjLi1E1C7mutable7alignedE5ArrayIfLi1E1C7mutable7alignedEx.exit: ; preds = %B110.loopexit.i, %_ZN7cascade9integrateB3v22B52c8tJTIeFIjxB2IKSgI4CrvQCk0Z4yRYcWqCQhqcRsCJNAA_3d_3dE5ArrayIhLi1E1C7mutable7alignedE23Literal_5bint_5d_280_29xx5ArrayIiLi1E1C7mutable7alignedEx5ArrayIjLi1E1C7mutable7alignedExx5ArrayIiLi1E1C7mutable7alignedE.exit
  %found.2.0.lcssa.i = phi i64 [ %found.5.1, %_ZN7cascade9integrateB3v22B52c8tJTIeFIjxB2IKSgI4CrvQCk0Z4yRYcWqCQhqcRsCJNAA_3d_3dE5ArrayIhLi1E1C7mutable7alignedE23Literal_5bint_5d_280_29xx5ArrayIiLi1E1C7mutable7alignedEx5ArrayIjLi1E1C7mutable7alignedExx5ArrayIiLi1E1C7mutable7alignedE.exit ], [ %found.3.1.lcssa.i, %B110.loopexit.i ]
  %.3108 = getelementptr float, ptr %.2357, i64 %tile.2.1
  %.3109 = fptrunc double %factor.3.1 to float
  store float %.3109, ptr %.3108, align 4
  %.3138 = getelementptr i32, ptr %.802, i64 %tile.2.1
  store i32 %.3139, ptr %.3138, align 4
  %.3142 = add nsw i64 %tile.2.1, 1
  br label %B1386

B1662.else:                                       ; preds = %B1662
  %.3598 = getelementptr i32, ptr %.1318, i64 %index.2.01392
  %.3599 = load i32, ptr %.3598, align 4
  %.3602 = zext i32 %.3599 to i64
  %.3610 = udiv i64 %.3602, %.3601
  br label %B1662.endif

B1662.endif:                                      ; preds = %B1662, %B1662.else
  %quot.0 = phi i64 [ %.3610, %B1662.else ], [ 0, %B1662 ]
  %.3641 = getelementptr i32, ptr %.802, i64 %quot.0
  %.3642 = load i32, ptr %.3641, align 4
  %.3644 = sext i32 %.3642 to i64
  %.3645 = icmp eq i64 %.3488.sroa.0.01398, %.3644
  br i1 %.3645, label %B1790, label %B2692

B1814.else:                                       ; preds = %B1814
  %.3727 = udiv i64 %.3719, %.3601
  br label %B1814.endif

B1814.endif:                                      ; preds = %B1814, %B1814.else
  %quot.1.0 = phi i64 [ %.3727, %B1814.else ], [ 0, %B1814 ]
  %.3758 = getelementptr float, ptr %.2357, i64 %quot.1.0
  %.3759 = load float, ptr %.3758, align 4
  br i1 %.3605, label %B1814.endif.endif, label %B1814.endif.else, !prof !0

B1814.endif.else:                                 ; preds = %B1814.endif
  %.3771 = urem i64 %.3719, %.3601
  br label %B1814.endif.endif

B1814.endif.endif:                                ; preds = %B1814.endif, %B1814.endif.else
  %rem.2.0 = phi i64 [ %.3771, %B1814.endif.else ], [ 0, %B1814.endif ]
  br i1 %.3803, label %B1814.endif.endif.endif.endif, label %B1814.endif.endif.endif.else, !prof !0

B1814.endif.endif.endif.else:                     ; preds = %B1814.endif.endif
  %.3820 = srem i64 %rem.2.0, %arg.width
  %.3821 = xor i64 %.3820, %arg.width
  %.3822 = icmp slt i64 %.3821, 0
  %.3823 = icmp ne i64 %.3820, 0
  %.3824 = and i1 %.3823, %.3822
  %.3831 = select i1 %.3824, i64 %arg.width, i64 0
  %spec.select = add i64 %.3831, %.3820
  %55 = shl nsw i64 %spec.select, 1
  %56 = sitofp i64 %55 to double
  br label %B1814.endif.endif.endif.endif

B1814.endif.endif.endif.endif:                    ; preds = %B1814.endif.endif, %B1814.endif.endif.endif.else
  %rem.3.0 = phi double [ %56, %B1814.endif.endif.endif.else ], [ 0.000000e+00, %B1814.endif.endif ]
  %.3843 = fpext float %.3759 to double
  %.3844 = fmul double %rem.3.0, %.3843
  %.3852.le = tail call double @llvm.rint.f64(double %.3844)
  %.5.i1365 = fptosi double %.3852.le to i64
  %.3908.idx = shl i64 %hit.2.1, 5
  %.3908 = getelementptr i8, ptr %.976, i64 %.3908.idx
  %.3909 = trunc i64 %.5.i1365 to i32
  store i32 %.3909, ptr %.3908, align 4
  br i1 %.3803, label %for.end.3.endif.endif, label %for.end.3.endif.else, !prof !0

for.end.3.endif.else:                             ; preds = %B1814.endif.endif.endif.endif
  %.3930 = sdiv i64 %rem.2.0, %arg.width
  %.3931 = srem i64 %rem.2.0, %arg.width
  %.3932 = xor i64 %.3931, %arg.width
  %.3933 = icmp slt i64 %.3932, 0
  %.3934 = icmp ne i64 %.3931, 0
  %.3935 = and i1 %.3934, %.3933
  %.3940 = sext i1 %.3935 to i64
  %spec.select1326 = add nsw i64 %.3930, %.3940
  %57 = shl nsw i64 %spec.select1326, 1
  %58 = sitofp i64 %57 to double
  br label %for.end.3.endif.endif

for.end.3.endif.endif:                            ; preds = %B1814.endif.endif.endif.endif, %for.end.3.endif.else
  %quot.4.0 = phi double [ %58, %for.end.3.endif.else ], [ 0.000000e+00, %B1814.endif.endif.endif.endif ]
  %.3955 = fmul double %quot.4.0, %.3843
  %.3963.le = tail call double @llvm.rint.f64(double %.3955)
  %.5.i1366 = fptosi double %.3963.le to i64
  %.4020 = getelementptr i8, ptr %.3908, i64 4
  %.4021 = trunc i64 %.5.i1366 to i32
  store i32 %.4021, ptr %.4020, align 4
  %.4026 = fmul double %.4024, %.3843
  %.4034.le = tail call double @llvm.rint.f64(double %.4026)
  %.5.i1367 = fptosi double %.4034.le to i64
  %.4091 = getelementptr i8, ptr %.3908, i64 8
  %.4092 = trunc i64 %.5.i1367 to i32
  store i32 %.4092, ptr %.4091, align 4
  %.4120 = getelementptr float, ptr %.2006, i64 %index.4.1
  %.4121 = load float, ptr %.4120, align 4
  %.4148 = getelementptr float, ptr %.2006, i64 %hit.2.1
  store float %.4121, ptr %.4148, align 4
  %.4151 = add nsw i64 %hit.2.1, 1
  br label %B2542

B2564.else:                                       ; preds = %B2564
  %.4218 = getelementptr i32, ptr %.1318, i64 %.4163
  %.4219 = load i32, ptr %.4218, align 4
  %.4222 = zext i32 %.4219 to i64
  %.4230 = udiv i64 %.4222, %.3601
  br label %B2564.endif

B2564.endif:                                      ; preds = %B2564, %B2564.else
  %quot.5.0 = phi i64 [ %.4230, %B2564.else ], [ 0, %B2564 ]
  %.4261 = getelementptr i32, ptr %.802, i64 %quot.5.0
  %.4262 = load i32, ptr %.4261, align 4
  %.4264 = sext i32 %.4262 to i64
  %.4265 = icmp eq i64 %.3488.sroa.0.01398, %.4264
  br i1 %.4265, label %B1790, label %B2692
}

; Function Attrs: mustprogress nocallback nocreateundeforpoison nofree nosync nounwind speculatable willreturn memory(none)
declare double @llvm.rint.f64(double) #2

; Function Attrs: nocallback nocreateundeforpoison nofree nosync nounwind speculatable willreturn memory(none)
declare i64 @llvm.smax.i64(i64, i64) #3

; Function Attrs: nocallback nocreateundeforpoison nofree nosync nounwind speculatable willreturn memory(none)
declare i64 @llvm.smin.i64(i64, i64) #3

; Function Attrs: nocallback nocreateundeforpoison nofree nosync nounwind speculatable willreturn memory(none)
declare i32 @llvm.smin.i32(i32, i32) #3

; Function Attrs: nocallback nofree nosync nounwind speculatable willreturn memory(none)
declare i64 @llvm.abs.i64(i64, i1 immarg) #4

; Function Attrs: nocallback nocreateundeforpoison nofree nosync nounwind speculatable willreturn memory(none)
declare i32 @llvm.smax.i32(i32, i32) #3

; Function Attrs: nocallback nofree nounwind willreturn memory(argmem: write)
declare void @llvm.memset.p0.i64(ptr writeonly captures(none), i8, i64, i1 immarg) #5

attributes #0 = { nofree norecurse nosync nounwind memory(argmem: readwrite) }
attributes #1 = { mustprogress nocallback nofree nosync nounwind willreturn memory(none) }
attributes #2 = { mustprogress nocallback nocreateundeforpoison nofree nosync nounwind speculatable willreturn memory(none) }
attributes #3 = { nocallback nocreateundeforpoison nofree nosync nounwind speculatable willreturn memory(none) }
attributes #4 = { nocallback nofree nosync nounwind speculatable willreturn memory(none) }
attributes #5 = { nocallback nofree nounwind willreturn memory(argmem: write) }

!0 = !{!"branch_weights", i32 1, i32 99}
!1 = !{!2, !4}
!2 = distinct !{!2, !3, !"_ZN7cascade7ask_rowB2v7B52c8tJTIeFIjxB2IKSgI4CrvQCk0Z4yRYcWqCQhqcRsCJNAA_3d_3dE5ArrayIiLi1E1C7mutable7alignedExx5ArrayIiLi1E1C7mutable7alignedE5ArrayIjLi1E1C7mutable7alignedEx5ArrayIiLi1E1C7mutable7alignedE: %retptr"}
!3 = distinct !{!3, !"_ZN7cascade7ask_rowB2v7B52c8tJTIeFIjxB2IKSgI4CrvQCk0Z4yRYcWqCQhqcRsCJNAA_3d_3dE5ArrayIiLi1E1C7mutable7alignedExx5ArrayIiLi1E1C7mutable7alignedE5ArrayIjLi1E1C7mutable7alignedEx5ArrayIiLi1E1C7mutable7alignedE"}
!4 = distinct !{!4, !5, !"_ZN7cascade8pass_rowB3v13B52c8tJTIeFIjxB2IKSgI4CrvQCk0Z4yRYcWqCQhqcRsCJNAA_3d_3dE5ArrayIiLi1E1C7mutable7alignedExx5ArrayIfLi1E1C7mutable7alignedE5TupleI5ArrayIiLi1E1C7mutable7alignedE5ArrayIfLi1E1C7mutable7alignedE5ArrayIfLi1E1C7mutable7alignedE5ArrayIiLi1E1C7mutable7alignedEE5ArrayIjLi1E1C7mutable7alignedEx5ArrayIhLi1E1C7mutable7alignedE5ArrayIfLi1E1C7mutable7alignedEx5ArrayIiLi1E1C7mutable7alignedE5ArrayIiLi1E1C7mutable7alignedE: %retptr"}
!5 = distinct !{!5, !"_ZN7cascade8pass_rowB3v13B52c8tJTIeFIjxB2IKSgI4CrvQCk0Z4yRYcWqCQhqcRsCJNAA_3d_3dE5ArrayIiLi1E1C7mutable7alignedExx5ArrayIfLi1E1C7mutable7alignedE5TupleI5ArrayIiLi1E1C7mutable7alignedE5ArrayIfLi1E1C7mutable7alignedE5ArrayIfLi1E1C7mutable7alignedE5ArrayIiLi1E1C7mutable7alignedEE5ArrayIjLi1E1C7mutable7alignedEx5ArrayIhLi1E1C7mutable7alignedE5ArrayIfLi1E1C7mutable7alignedEx5ArrayIiLi1E1C7mutable7alignedE5ArrayIiLi1E1C7mutable7alignedE"}
!6 = !{!7, !4}
!7 = distinct !{!7, !8, !"_ZN7cascade10add_leavesB3v14B52c8tJTIeFIjxB2IKSgI4CrvQCk0Z4yRYcWqCQhqcRsCJNAA_3d_3dE5ArrayIiLi1E1C7mutable7alignedE5ArrayIiLi1E1C7mutable7alignedE5ArrayIfLi1E1C7mutable7alignedE23Literal_5bint_5d_280_29x5ArrayIfLi1E1C7mutable7alignedEi5ArrayIfLi1E1C7mutable7alignedEx: %retptr"}
!8 = distinct !{!8, !"_ZN7cascade10add_leavesB3v14B52c8tJTIeFIjxB2IKSgI4CrvQCk0Z4yRYcWqCQhqcRsCJNAA_3d_3dE5ArrayIiLi1E1C7mutable7alignedE5ArrayIiLi1E1C7mutable7alignedE5ArrayIfLi1E1C7mutable7alignedE23Literal_5bint_5d_280_29x5ArrayIfLi1E1C7mutable7alignedEi5ArrayIfLi1E1C7mutable7alignedEx"}
!9 = !{!10, !4}
!10 = distinct !{!10, !11, !"_ZN7cascade10add_leavesB3v14B52c8tJTIeFIjxB2IKSgI4CrvQCk0Z4yRYcWqCQhqcRsCJNAA_3d_3dE5ArrayIiLi1E1C7mutable7alignedE5ArrayIiLi1E1C7mutable7alignedE5ArrayIfLi1E1C7mutable7alignedE23Literal_5bint_5d_280_29x5ArrayIfLi1E1C7mutable7alignedEi5ArrayIfLi1E1C7mutable7alignedEx: %retptr"}
!11 = distinct !{!11, !"_ZN7cascade10add_leavesB3v14B52c8tJTIeFIjxB2IKSgI4CrvQCk0Z4yRYcWqCQhqcRsCJNAA_3d_3dE5ArrayIiLi1E1C7mutable7alignedE5ArrayIiLi1E1C7mutable7alignedE5ArrayIfLi1E1C7mutable7alignedE23Literal_5bint_5d_280_29x5ArrayIfLi1E1C7mutable7alignedEi5ArrayIfLi1E1C7mutable7alignedEx"}
!12 = !{!4}
!13 = !{!14, !4}
!14 = distinct !{!14, !15, !"_ZN7cascade7ask_rowB2v7B52c8tJTIeFIjxB2IKSgI4CrvQCk0Z4yRYcWqCQhqcRsCJNAA_3d_3dE5ArrayIiLi1E1C7mutable7alignedExx5ArrayIiLi1E1C7mutable7alignedE5ArrayIjLi1E1C7mutable7alignedEx5ArrayIiLi1E1C7mutable7alignedE: %retptr"}
!15 = distinct !{!15, !"_ZN7cascade7ask_rowB2v7B52c8tJTIeFIjxB2IKSgI4CrvQCk0Z4yRYcWqCQhqcRsCJNAA_3d_3dE5ArrayIiLi1E1C7mutable7alignedExx5ArrayIiLi1E1C7mutable7alignedE5ArrayIjLi1E1C7mutable7alignedEx5ArrayIiLi1E1C7mutable7alignedE"}
!16 = !{!"branch_weights", i32 99, i32 1}
!17 = !{!18}
!18 = distinct !{!18, !19, !"_ZN7cascade9integrateB2v2B52c8tJTIeFIjxB2IKSgI4CrvQCk0Z4yRYcWqCQhqcRsCJNAA_3d_3dE5ArrayIhLi1E1C7mutable7alignedE23Literal_5bint_5d_280_29xx5ArrayIiLi1E1C7mutable7alignedE23Literal_5bint_5d_280_295ArrayIjLi1E1C7mutable7alignedExx5ArrayIiLi1E1C7mutable7alignedE: %retptr"}
!19 = distinct !{!19, !"_ZN7cascade9integrateB2v2B52c8tJTIeFIjxB2IKSgI4CrvQCk0Z4yRYcWqCQhqcRsCJNAA_3d_3dE5ArrayIhLi1E1C7mutable7alignedE23Literal_5bint_5d_280_29xx5ArrayIiLi1E1C7mutable7alignedE23Literal_5bint_5d_280_295ArrayIjLi1E1C7mutable7alignedExx5ArrayIiLi1E1C7mutable7alignedE"}
!20 = !{!21}
!21 = distinct !{!21, !22, !"_ZN7cascade13place_cornersB2v3B52c8tJTIeFIjxB2IKSgI4CrvQCk0Z4yRYcWqCQhqcRsCJNAA_3d_3dE5ArrayIiLi1E1C7mutable7alignedEixx5ArrayIjLi1E1C7mutable7alignedE: %retptr"}
!22 = distinct !{!22, !"_ZN7cascade13place_cornersB2v3B52c8tJTIeFIjxB2IKSgI4CrvQCk0Z4yRYcWqCQhqcRsCJNAA_3d_3dE5ArrayIiLi1E1C7mutable7alignedEixx5ArrayIjLi1E1C7mutable7alignedE"}
!23 = !{!24}
!24 = distinct !{!24, !25, !"_ZN7cascade9scale_rowB2v5B52c8tJTIeFIjxB2IKSgI4CrvQCk0Z4yRYcWqCQhqcRsCJNAA_3d_3dE5ArrayIiLi1E1C7mutable7alignedE5ArrayIjLi1E1C7mutable7alignedExxxxx5ArrayIfLi1E1C7mutable7alignedE: %retptr"}
!25 = distinct !{!25, !"_ZN7cascade9scale_rowB2v5B52c8tJTIeFIjxB2IKSgI4CrvQCk0Z4yRYcWqCQhqcRsCJNAA_3d_3dE5ArrayIiLi1E1C7mutable7alignedE5ArrayIjLi1E1C7mutable7alignedExxxxx5ArrayIfLi1E1C7mutable7alignedE"}
!26 = !{!27}
!27 = distinct !{!27, !28, !"_ZN7cascade10ask_placesB3v12B52c8tJTIeFIjxB2IKSgI4CrvQCk0Z4yRYcWqCQhqcRsCJNAA_3d_3dE5ArrayIiLi1E1C7mutable7alignedE5ArrayIjLi1E1C7mutable7alignedE23Literal_5bint_5d_280_29x5ArrayIiLi1E1C7mutable7alignedE5ArrayIjLi1E1C7mutable7alignedEx5ArrayIiLi1E1C7mutable7alignedE: %retptr"}
!28 = distinct !{!28, !"_ZN7cascade10ask_placesB3v12B52c8tJTIeFIjxB2IKSgI4CrvQCk0Z4yRYcWqCQhqcRsCJNAA_3d_3dE5ArrayIiLi1E1C7mutable7alignedE5ArrayIjLi1E1C7mutable7alignedE23Literal_5bint_5d_280_29x5ArrayIiLi1E1C7mutable7alignedE5ArrayIjLi1E1C7mutable7alignedEx5ArrayIiLi1E1C7mutable7alignedE"}
!29 = !{!30}
!30 = distinct !{!30, !31, !"_ZN7cascade10add_leavesB2v8B52c8tJTIeFIjxB2IKSgI4CrvQCk0Z4yRYcWqCQhqcRsCJNAA_3d_3dE5ArrayIiLi1E1C7mutable7alignedE5ArrayIiLi1E1C7mutable7alignedE5ArrayIfLi1E1C7mutable7alignedE23Literal_5bint_5d_280_29x5ArrayIfLi1E1C7mutable7alignedEi5ArrayIfLi1E1C7mutable7alignedE23Literal_5bint_5d_280_29: %retptr"}
!31 = distinct !{!31, !"_ZN7cascade10add_leavesB2v8B52c8tJTIeFIjxB2IKSgI4CrvQCk0Z4yRYcWqCQhqcRsCJNAA_3d_3dE5ArrayIiLi1E1C7mutable7alignedE5ArrayIiLi1E1C7mutable7alignedE5ArrayIfLi1E1C7mutable7alignedE23Literal_5bint_5d_280_29x5ArrayIfLi1E1C7mutable7alignedEi5ArrayIfLi1E1C7mutable7alignedE23Literal_5bint_5d_280_29"}
!32 = !{!33}
!33 = distinct !{!33, !34, !"_ZN7cascade10add_leavesB2v8B52c8tJTIeFIjxB2IKSgI4CrvQCk0Z4yRYcWqCQhqcRsCJNAA_3d_3dE5ArrayIiLi1E1C7mutable7alignedE5ArrayIiLi1E1C7mutable7alignedE5ArrayIfLi1E1C7mutable7alignedE23Literal_5bint_5d_280_29x5ArrayIfLi1E1C7mutable7alignedEi5ArrayIfLi1E1C7mutable7alignedE23Literal_5bint_5d_280_29: %retptr"}
!34 = distinct !{!34, !"_ZN7cascade10add_leavesB2v8B52c8tJTIeFIjxB2IKSgI4CrvQCk0Z4yRYcWqCQhqcRsCJNAA_3d_3dE5ArrayIiLi1E1C7mutable7alignedE5ArrayIiLi1E1C7mutable7alignedE5ArrayIfLi1E1C7mutable7alignedE23Literal_5bint_5d_280_29x5ArrayIfLi1E1C7mutable7alignedEi5ArrayIfLi1E1C7mutable7alignedE23Literal_5bint_5d_280_29"}
!35 = !{!36}
!36 = distinct !{!36, !37, !"_ZN7cascade10ask_placesB3v12B52c8tJTIeFIjxB2IKSgI4CrvQCk0Z4yRYcWqCQhqcRsCJNAA_3d_3dE5ArrayIiLi1E1C7mutable7alignedE5ArrayIjLi1E1C7mutable7alignedE23Literal_5bint_5d_280_29x5ArrayIiLi1E1C7mutable7alignedE5ArrayIjLi1E1C7mutable7alignedEx5ArrayIiLi1E1C7mutable7alignedE: %retptr"}
!37 = distinct !{!37, !"_ZN7cascade10ask_placesB3v12B52c8tJTIeFIjxB2IKSgI4CrvQCk0Z4yRYcWqCQhqcRsCJNAA_3d_3dE5ArrayIiLi1E1C7mutable7alignedE5ArrayIjLi1E1C7mutable7alignedE23Literal_5bint_5d_280_29x5ArrayIiLi1E1C7mutable7alignedE5ArrayIjLi1E1C7mutable7alignedEx5ArrayIiLi1E1C7mutable7alignedE"}
!38 = !{!39}
!39 = distinct !{!39, !40, !"_ZN7cascade11pass_placesB3v33B52c8tJTIeFIjxB2IKSgI4CrvQCk0Z4yRYcWqCQhqcRsCJNAA_3d_3dE5ArrayIiLi1E1C7mutable7alignedE5ArrayIjLi1E1C7mutable7alignedE5ArrayIfLi1E1C7mutable7alignedE5ArrayIfLi1E1C7mutable7alignedExx5TupleI5ArrayIiLi1E1C7mutable7alignedE5ArrayIfLi1E1C7mutable7alignedE5ArrayIfLi1E1C7mutable7alignedE5ArrayIiLi1E1C7mutable7alignedEE5ArrayIjLi1E1C7mutable7alignedE23Literal_5bint_5d_280_29x5ArrayIiLi1E1C7mutable7alignedE5ArrayIiLi1E1C7mutable7alignedE: %retptr"}
!40 = distinct !{!40, !"_ZN7cascade11pass_placesB3v33B52c8tJTIeFIjxB2IKSgI4CrvQCk0Z4yRYcWqCQhqcRsCJNAA_3d_3dE5ArrayIiLi1E1C7mutable7alignedE5ArrayIjLi1E1C7mutable7alignedE5ArrayIfLi1E1C7mutable7alignedE5ArrayIfLi1E1C7mutable7alignedExx5TupleI5ArrayIiLi1E1C7mutable7alignedE5ArrayIfLi1E1C7mutable7alignedE5ArrayIfLi1E1C7mutable7alignedE5ArrayIiLi1E1C7mutable7alignedEE5ArrayIjLi1E1C7mutable7alignedE23Literal_5bint_5d_280_29x5ArrayIiLi1E1C7mutable7alignedE5ArrayIiLi1E1C7mutable7alignedE"}
!41 = !{!42, !39}
!42 = distinct !{!42, !43, !"_ZN7cascade10ask_placesB3v34B52c8tJTIeFIjxB2IKSgI4CrvQCk0Z4yRYcWqCQhqcRsCJNAA_3d_3dE5ArrayIiLi1E1C7mutable7alignedE5ArrayIjLi1E1C7mutable7alignedExx5ArrayIiLi1E1C7mutable7alignedE5ArrayIjLi1E1C7mutable7alignedEx5ArrayIiLi1E1C7mutable7alignedE: %retptr"}
!43 = distinct !{!43, !"_ZN7cascade10ask_placesB3v34B52c8tJTIeFIjxB2IKSgI4CrvQCk0Z4yRYcWqCQhqcRsCJNAA_3d_3dE5ArrayIiLi1E1C7mutable7alignedE5ArrayIjLi1E1C7mutable7alignedExx5ArrayIiLi1E1C7mutable7alignedE5ArrayIjLi1E1C7mutable7alignedEx5ArrayIiLi1E1C7mutable7alignedE"}
!44 = !{!45, !39}
!45 = distinct !{!45, !46, !"_ZN7cascade10add_leavesB3v35B52c8tJTIeFIjxB2IKSgI4CrvQCk0Z4yRYcWqCQhqcRsCJNAA_3d_3dE5ArrayIiLi1E1C7mutable7alignedE5ArrayIiLi1E1C7mutable7alignedE5ArrayIfLi1E1C7mutable7alignedExx5ArrayIfLi1E1C7mutable7alignedEi5ArrayIfLi1E1C7mutable7alignedEx: %retptr"}
!46 = distinct !{!46, !"_ZN7cascade10add_leavesB3v35B52c8tJTIeFIjxB2IKSgI4CrvQCk0Z4yRYcWqCQhqcRsCJNAA_3d_3dE5ArrayIiLi1E1C7mutable7alignedE5ArrayIiLi1E1C7mutable7alignedE5ArrayIfLi1E1C7mutable7alignedExx5ArrayIfLi1E1C7mutable7alignedEi5ArrayIfLi1E1C7mutable7alignedEx"}
!47 = !{!48, !39}
!48 = distinct !{!48, !49, !"_ZN7cascade10add_leavesB3v35B52c8tJTIeFIjxB2IKSgI4CrvQCk0Z4yRYcWqCQhqcRsCJNAA_3d_3dE5ArrayIiLi1E1C7mutable7alignedE5ArrayIiLi1E1C7mutable7alignedE5ArrayIfLi1E1C7mutable7alignedExx5ArrayIfLi1E1C7mutable7alignedEi5ArrayIfLi1E1C7mutable7alignedEx: %retptr"}
!49 = distinct !{!49, !"_ZN7cascade10add_leavesB3v35B52c8tJTIeFIjxB2IKSgI4CrvQCk0Z4yRYcWqCQhqcRsCJNAA_3d_3dE5ArrayIiLi1E1C7mutable7alignedE5ArrayIiLi1E1C7mutable7alignedE5ArrayIfLi1E1C7mutable7alignedExx5ArrayIfLi1E1C7mutable7alignedEi5ArrayIfLi1E1C7mutable7alignedEx"}
!50 = !{!51, !39}
!51 = distinct !{!51, !52, !"_ZN7cascade10ask_placesB3v34B52c8tJTIeFIjxB2IKSgI4CrvQCk0Z4yRYcWqCQhqcRsCJNAA_3d_3dE5ArrayIiLi1E1C7mutable7alignedE5ArrayIjLi1E1C7mutable7alignedExx5ArrayIiLi1E1C7mutable7alignedE5ArrayIjLi1E1C7mutable7alignedEx5ArrayIiLi1E1C7mutable7alignedE: %retptr"}
!52 = distinct !{!52, !"_ZN7cascade10ask_placesB3v34B52c8tJTIeFIjxB2IKSgI4CrvQCk0Z4yRYcWqCQhqcRsCJNAA_3d_3dE5ArrayIiLi1E1C7mutable7alignedE5ArrayIjLi1E1C7mutable7alignedExx5ArrayIiLi1E1C7mutable7alignedE5ArrayIjLi1E1C7mutable7alignedEx5ArrayIiLi1E1C7mutable7alignedE"}
!53 = !{!54, !56}
!54 = distinct !{!54, !55, !"_ZN8grouping11are_similarB3v27B52c8tJTIeFIjxB2IKSgI4CrvQCk0Z4yRYcWqCQhqcRsCJNAA_3d_3dE5ArrayIiLi1E1C7mutable7alignedExx: %retptr"}
!55 = distinct !{!55, !"_ZN8grouping11are_similarB3v27B52c8tJTIeFIjxB2IKSgI4CrvQCk0Z4yRYcWqCQhqcRsCJNAA_3d_3dE5ArrayIiLi1E1C7mutable7alignedExx"}
!56 = distinct !{!56, !57, !"_ZN8grouping10best_groupB3v26B52c8tJTIeFIjxB2IKSgI4CrvQCk0Z4yRYcWqCQhqcRsCJNAA_3d_3dE5ArrayIiLi1E1C7mutable7alignedE5ArrayIfLi1E1C7mutable7alignedExx5ArrayIfLi1E1C7mutable7alignedEx: %retptr"}
!57 = distinct !{!57, !"_ZN8grouping10best_groupB3v26B52c8tJTIeFIjxB2IKSgI4CrvQCk0Z4yRYcWqCQhqcRsCJNAA_3d_3dE5ArrayIiLi1E1C7mutable7alignedE5ArrayIfLi1E1C7mutable7alignedExx5ArrayIfLi1E1C7mutable7alignedEx"}
!58 = !{!56}
!59 = !{!60, !56}
!60 = distinct !{!60, !61, !"_ZN8grouping17is_inside_anotherB3v30B52c8tJTIeFIjxB2IKSgI4CrvQCk0Z4yRYcWqCQhqcRsCJNAA_3d_3dE5ArrayIiLi1E1C7mutable7alignedExxx: %retptr"}
!61 = distinct !{!61, !"_ZN8grouping17is_inside_anotherB3v30B52c8tJTIeFIjxB2IKSgI4CrvQCk0Z4yRYcWqCQhqcRsCJNAA_3d_3dE5ArrayIiLi1E1C7mutable7alignedExxx"}
!62 = !{!63}
!63 = distinct !{!63, !64, !"_ZN7cascade13place_cornersB2v3B52c8tJTIeFIjxB2IKSgI4CrvQCk0Z4yRYcWqCQhqcRsCJNAA_3d_3dE5ArrayIiLi1E1C7mutable7alignedEixx5ArrayIjLi1E1C7mutable7alignedE: %retptr"}
!64 = distinct !{!64, !"_ZN7cascade13place_cornersB2v3B52c8tJTIeFIjxB2IKSgI4CrvQCk0Z4yRYcWqCQhqcRsCJNAA_3d_3dE5ArrayIiLi1E1C7mutable7alignedEixx5ArrayIjLi1E1C7mutable7alignedE"}
!65 = !{!66}
!66 = distinct !{!66, !67, !"_ZN11face_search6shrinkB3v19B52c8tJTIeFIjxB2IKSgI4CrvQCk0Z4yRYcWqCQhqcRsCJNAA_3d_3dE5ArrayIhLi1E1C7mutable7alignedEiii5ArrayIhLi1E1C7mutable7alignedExx5ArrayIiLi1E1C7mutable7alignedE: %retptr"}
!67 = distinct !{!67, !"_ZN11face_search6shrinkB3v19B52c8tJTIeFIjxB2IKSgI4CrvQCk0Z4yRYcWqCQhqcRsCJNAA_3d_3dE5ArrayIhLi1E1C7mutable7alignedEiii5ArrayIhLi1E1C7mutable7alignedExx5ArrayIiLi1E1C7mutable7alignedE"}
!68 = !{!69}
!69 = distinct !{!69, !70, !"_ZN7cascade9integrateB3v22B52c8tJTIeFIjxB2IKSgI4CrvQCk0Z4yRYcWqCQhqcRsCJNAA_3d_3dE5ArrayIhLi1E1C7mutable7alignedE23Literal_5bint_5d_280_29xx5ArrayIiLi1E1C7mutable7alignedEx5ArrayIjLi1E1C7mutable7alignedExx5ArrayIiLi1E1C7mutable7alignedE: %retptr"}
!70 = distinct !{!70, !"_ZN7cascade9integrateB3v22B52c8tJTIeFIjxB2IKSgI4CrvQCk0Z4yRYcWqCQhqcRsCJNAA_3d_3dE5ArrayIhLi1E1C7mutable7alignedE23Literal_5bint_5d_280_29xx5ArrayIiLi1E1C7mutable7alignedEx5ArrayIjLi1E1C7mutable7alignedExx5ArrayIiLi1E1C7mutable7alignedE"}
!71 = !{!72, !74}
!72 = distinct !{!72, !73, !"_ZN7cascade9scale_rowB2v5B52c8tJTIeFIjxB2IKSgI4CrvQCk0Z4yRYcWqCQhqcRsCJNAA_3d_3dE5ArrayIiLi1E1C7mutable7alignedE5ArrayIjLi1E1C7mutable7alignedExxxxx5ArrayIfLi1E1C7mutable7alignedE: %retptr"}
!73 = distinct !{!73, !"_ZN7cascade9scale_rowB2v5B52c8tJTIeFIjxB2IKSgI4CrvQCk0Z4yRYcWqCQhqcRsCJNAA_3d_3dE5ArrayIiLi1E1C7mutable7alignedE5ArrayIjLi1E1C7mutable7alignedExxxxx5ArrayIfLi1E1C7mutable7alignedE"}
!74 = distinct !{!74, !75, !"_ZN11face_search12list_windowsB3v32B52c8tJTIeFIjxB2IKSgI4CrvQCk0Z4yRYcWqCQhqcRsCJNAA_3d_3dE5ArrayIiLi1E1C7mutable7alignedE5ArrayIjLi1E1C7mutable7alignedExxxxxx5ArrayIjLi1E1C7mutable7alignedE5ArrayIfLi1E1C7mutable7alignedEx: %retptr"}
!75 = distinct !{!75, !"_ZN11face_search12list_windowsB3v32B52c8tJTIeFIjxB2IKSgI4CrvQCk0Z4yRYcWqCQhqcRsCJNAA_3d_3dE5ArrayIiLi1E1C7mutable7alignedE5ArrayIjLi1E1C7mutable7alignedExxxxxx5ArrayIjLi1E1C7mutable7alignedE5ArrayIfLi1E1C7mutable7alignedEx"}
!76 = !{!74}
