"""Words that Kazakh and Russian write short, with a full stop that ends no sentence."""

from __future__ import annotations

from typing import Final

_WRITTEN_SHORT: Final = """
    ж жж ғ ғғ т б с сс мыс қ көш г гг ул д кв тел факс обл ауд кг см мм км м га
    млн млрд трлн мың тг проф акад доц инж др пр мр ст қар ред құр аударған авт том бет
    рис сур кесте прил тармақ бап ч п пп ин им ак уақ шамам лат нем фр гр каз қаз хат пос
    пер р руб долл мин сек сағ шм кал гл мөлш реж драм
"""
ABBREVIATIONS: Final = frozenset(_WRITTEN_SHORT.split())
"""Written with a full stop in the middle of a sentence, lower case."""
